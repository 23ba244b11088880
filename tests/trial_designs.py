"""Designs that tests run: the example's, small, of one shape, so that code is compiled once."""

import ast
import subprocess
import time
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "examples/how-to/plot_4_virtual_trial.py"


def _text_of(script, name):
    """Text that a script gives a name, read without running it."""
    for line in ast.parse(script.read_text(encoding="utf-8")).body:
        if isinstance(line, ast.Assign) and [ast.unparse(one) for one in line.targets] == [name]:
            return ast.literal_eval(line.value)
    raise LookupError(f"{script.name} holds no {name}")


GLABELLA = _text_of(EXAMPLE, "DESIGN").lstrip()


def glabella(people=64, replicates=1, **extra):
    """The design as text, with tables added at its end."""
    return GLABELLA.format(people=people, replicates=replicates) + extra.get("more", "")


def cut_off(command, folder, signal_number, tries=6):
    """Begin a run and signal it after its first part; the folder, exit code and what it said.

    `command` gives the words for a folder. On a busy machine a run may be done before it is
    signalled: such a try tells nothing, and another is made.
    """
    for number in range(tries):
        run = folder / f"run{number}"
        process = subprocess.Popen(
            command(run), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        while process.poll() is None and not any(run.glob("parts/*.parquet")):
            time.sleep(0.005)
        process.send_signal(signal_number)
        _, said = process.communicate(timeout=120)
        if not (run / "summary.json").exists():
            return run, process.returncode, said
    raise AssertionError(f"each of {tries} runs was done before it was signalled")
