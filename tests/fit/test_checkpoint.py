"""A killed calibration goes on where it was."""

import time

import numpy as np
import pytest

from endplate.fit.checkpoint import Checkpoints


def counting(made):
    def make():
        made.append(1)
        return {"x": np.arange(3.0), "told": np.array([1, 2])}

    return make


def test_a_finished_step_is_read_not_made_again(tmp_path):
    made: list[int] = []
    first = Checkpoints(tmp_path, "a").step("mode", counting(made))
    again = Checkpoints(tmp_path, "a").step("mode", counting(made))
    assert len(made) == 1
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
    made: list[int] = []
    Checkpoints(tmp_path, "a").step("mode", counting(made))
    Checkpoints(tmp_path, key).step(step, counting(made))
    assert len(made) == 2


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
    made: list[int] = []
    kept = Checkpoints(tmp_path, "a")
    kept.step("mode", counting(made))
    Checkpoints(tmp_path, "b").step("mode", counting(made))
    kept.clear()
    kept.step("mode", counting(made))
    Checkpoints(tmp_path, "b").step("mode", counting(made))
    assert len(made) == 3


def test_without_a_folder_nothing_is_kept(tmp_path):
    made: list[int] = []
    kept = Checkpoints(None, "a")
    kept.step("mode", counting(made))
    kept.step("mode", counting(made))
    assert len(made) == 2
