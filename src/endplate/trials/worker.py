"""A process that runs tasks of a trial: one line of JSON in, one line of JSON out.

Started by itself and never forked, so that it shares nothing with a process that has loaded jax.
It ends when its input ends.
"""

import importlib
import json
import os
import platform
import sys
import threading
from functools import cache
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TextIO

from endplate._version import __version__
from endplate.facts.table import facts_hash

_setups: dict[str, Any] = {}


@cache
def fingerprint() -> dict[str, str]:
    """What a worker's numbers depend on beside the design: versions, facts, instruction set."""
    return {
        "endplate": __version__,
        "facts": facts_hash(),
        "jax": version("jax"),
        "jaxlib": version("jaxlib"),
        "numpy": version("numpy"),
        "pyarrow": version("pyarrow"),
        "instructions": _instructions(),
    }


def _instructions() -> str:
    """Machine and vector instructions of the processor, which the compiler uses."""
    wanted = (
        "avx",
        "avx2",
        "fma",
        "avx512f",
        "avx512vl",
        "avx512_bf16",
        "amx_tile",
        "asimd",
        "sve",
    )
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return f"{platform.machine()} {platform.processor()}".strip()
    words = set(text.replace("\t", " ").split())
    return " ".join([platform.machine(), *(one for one in wanted if one in words)])


def prepared(design_text: str) -> dict[str, Any]:
    """What all tasks of a design share and is worked out once: screening, harms, spread."""
    from endplate.trials.prepare import prepare

    return prepare(design_text)


def setup_of(job: dict[str, Any]) -> Any:
    """A job's setup, made once in this process."""
    from endplate.trials.design import Design
    from endplate.trials.tasks import Setup

    key = json.dumps(job, sort_keys=True)
    if key not in _setups:
        _setups.clear()
        _setups[key] = Setup.of(
            Design.loads(job["design"]),
            tuple(job["strata"]),
            tuple(tuple(row) for row in job["harm_shares"]),
            job["spreads"],
        )
    return _setups[key]


def run_numbered(job: dict[str, Any], folder: str, number: int) -> dict[str, Any]:
    """Run one task of a job; what a full or closed disk says becomes a sentence."""
    from endplate.trials.tasks import run_task

    setup = setup_of(job)
    try:
        digest = run_task(setup, setup.layout.tasks[number], Path(folder))
    except OSError as fault:
        return {"task": number, "fault": f"{folder} cannot be written: {fault.strerror or fault}."}
    return {"task": number, "digest": digest}


def run_alike(
    job: dict[str, Any], folder: str, number: int, expected: dict[str, str]
) -> dict[str, Any]:
    """Run one task if this worker is what the run began with; a cluster may gain others later."""
    own = fingerprint()
    differs = {name: own.get(name, "none") for name in expected if own.get(name) != expected[name]}
    return {"task": number, "differs": differs} if differs else run_numbered(job, folder, number)


def _answered(ask: dict[str, Any]) -> dict[str, Any]:
    if "prepare" in ask:
        return {"prepared": prepared(ask["prepare"])}
    return run_numbered(ask["job"], ask["folder"], ask["task"])


def _read(stream: TextIO, lines: "SimpleQueue[str]") -> None:
    for line in stream:
        lines.put(line)
    # whoever started this process is gone: what is half done is nobody's
    os._exit(0)


def serve() -> None:
    """Answer asks until the input ends."""
    import signal

    from endplate.errors import EndplateError

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one decides
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
    lines: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin, lines), daemon=True).start()
    answers.write(json.dumps({"fingerprint": fingerprint()}) + "\n")
    answers.flush()
    importlib.import_module("endplate.trials.tasks")  # while whoever started this does its own part
    while True:
        ask = json.loads(lines.get())
        try:
            answer = _answered(ask)
        except EndplateError as error:
            answer = {"refused": getattr(error, "sentences", None) or [str(error)]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve()
