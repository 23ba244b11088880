"""A scheduler and two workers as processes on loopback, one of them killed in the middle."""

import hashlib
import os
import signal
import subprocess
import sys
import time

import pytest

from endplate.trials import Trial
from trial_designs import glabella

pytestmark = pytest.mark.filterwarnings("ignore")
DESIGN = glabella(100, 90, more="\n[analysis]\ntype_one_error = false\n")


@pytest.fixture
def cluster(tmp_path):
    where = tmp_path / "scheduler.json"
    base = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    started = [
        subprocess.Popen(
            [*base, "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
             "--scheduler-file", str(where)],
            stderr=subprocess.DEVNULL,
        )
    ]  # fmt: skip
    while not where.exists():
        time.sleep(0.1)
    for _ in range(2):
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file",
                 str(where), "--nthreads", "1", "--no-nanny", "--no-dashboard",
                 "--local-directory", str(tmp_path)],
                stderr=subprocess.DEVNULL,
            )
        )  # fmt: skip
    yield where, started
    for process in started:
        process.kill()
        process.wait()


def digests(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name != "manifest.json"
    }


def test_a_cluster_gives_the_same_bytes_though_a_worker_is_killed(cluster, tmp_path):
    import json

    where, started = cluster
    address = json.loads(where.read_text(encoding="utf-8"))["address"]
    from distributed import Client

    with Client(address, timeout=60, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=120)
    trial, killed = Trial.loads(DESIGN), []

    def kill_one(done, total):
        if 0 < done < total and not killed:
            killed.append(started[1].pid)
            os.kill(started[1].pid, signal.SIGKILL)

    over = trial.run(tmp_path / "cluster", scheduler=address, progress=kill_one)
    assert killed
    here = trial.run(tmp_path / "here", workers=2)
    assert digests(over.folder) == digests(here.folder)
