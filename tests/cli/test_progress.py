"""Progress of long work: on a terminal alone, and what it tells."""

import os
import pty
import subprocess
import sys

import pytest

from endplate.forecast import simulate
from endplate.validation import times as validation_times
from one_area_plan import plan

WORK = """
from endplate.cli.progress import with_progress
print(with_progress("people", lambda told: (told(1, 4), 42)[1]))
"""


def on_a_terminal() -> str:
    """What a command shows whose stderr is a terminal."""
    ours, its = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-c", WORK], stdout=subprocess.PIPE, stderr=its, check=True
    )
    os.close(its)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:  # the end of a terminal whose other side is closed
        pass
    os.close(ours)
    assert done.stdout == b"42\n"
    return shown.decode()


def test_a_terminal_shows_the_step_and_how_far_it_is():
    shown = on_a_terminal()
    assert "people" in shown
    assert "1/4" in shown


def test_a_pipe_shows_nothing():
    done = subprocess.run([sys.executable, "-c", WORK], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"42\n", b"")


def test_a_simulation_tells_every_part_once():
    told = []
    simulate(plan(), people=600, progress=lambda *now: told.append(now))
    steps, done, total = zip(*told, strict=True)
    assert len(set(steps)) == 1
    assert sorted(done) == list(range(1, total[0] + 1))


def test_published_times_are_told_use_by_use(monkeypatch):
    def refused(*_):
        raise validation_times.NotCovered("not run here")

    monkeypatch.setattr(validation_times, "_simulate_label_dose", refused)
    told = []
    validation_times.times(16, lambda *now: told.append(now))
    assert told == [(i, len(told)) for i in range(len(told))]
    assert told


@pytest.mark.parametrize("command", ["simulate", "validate", "times", "calibrate", "sensitivity"])
def test_every_long_command_shows_its_progress(command, root):
    folder = root / "src" / "endplate" / "cli"
    own = (folder / ("simulation.py" if command == "simulate" else f"{command}.py")).read_text()
    assert "with_steps(" in own or "with_progress(" in own
