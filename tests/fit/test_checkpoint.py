"""A killed calibration goes on where it was."""

import time

import numpy as np
import pytest

from endplate.fit.checkpoint import Checkpoints


def counting(calls):
    def compute():
        calls.append(1)
        return {"x": np.arange(3.0), "y": np.array([1, 2])}

    return compute


def test_a_finished_step_is_read_not_made_again(tmp_path):
    calls: list[int] = []
    first = Checkpoints(tmp_path, "a").step("mode", counting(calls))
    again = Checkpoints(tmp_path, "a").step("mode", counting(calls))
    assert len(calls) == 1
    np.testing.assert_array_equal(first["x"], again["x"])
    assert set(first) == set(again)


def test_the_time_of_a_step_that_is_read_counts(tmp_path):
    def slow():
        time.sleep(0.05)
        return {"x": np.zeros(1)}

    first, again = Checkpoints(tmp_path, "a"), Checkpoints(tmp_path, "a")
    first.step("mode", slow)
    again.step("mode", slow)
    assert first.earlier_s == 0.0
    assert again.earlier_s >= 0.05


@pytest.mark.parametrize(("key", "step"), [("b", "mode"), ("a", "design")])
def test_another_key_or_step_is_made(tmp_path, key, step):
    calls: list[int] = []
    Checkpoints(tmp_path, "a").step("mode", counting(calls))
    Checkpoints(tmp_path, key).step(step, counting(calls))
    assert len(calls) == 2


def test_a_step_that_fails_leaves_nothing(tmp_path):
    def fail():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Checkpoints(tmp_path, "a").step("mode", fail)
    assert not list(tmp_path.iterdir())


def test_a_write_that_is_cut_off_leaves_no_half_file(tmp_path, monkeypatch):
    def cut(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", cut)
    with pytest.raises(OSError, match="disk full"):
        Checkpoints(tmp_path, "a").step("mode", counting([]))
    assert not list(tmp_path.iterdir())


def test_cleared_steps_are_made_again(tmp_path):
    calls: list[int] = []
    checkpoints = Checkpoints(tmp_path, "a")
    checkpoints.step("mode", counting(calls))
    Checkpoints(tmp_path, "b").step("mode", counting(calls))
    checkpoints.clear()
    checkpoints.step("mode", counting(calls))
    Checkpoints(tmp_path, "b").step("mode", counting(calls))
    assert len(calls) == 3


def test_without_a_folder_nothing_is_stored(tmp_path):
    calls: list[int] = []
    checkpoints = Checkpoints(None, "a")
    checkpoints.step("mode", counting(calls))
    checkpoints.step("mode", counting(calls))
    assert len(calls) == 2
