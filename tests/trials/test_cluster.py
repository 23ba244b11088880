"""A real scheduler and workers, all processes on loopback: killed, resumed, and of two kinds."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from endplate.errors import CannotRun
from endplate.trials import Trial
from trial_designs import cut_off, glabella

pytestmark = pytest.mark.filterwarnings("ignore")
DESIGN = glabella(100, 90, more="\n[analysis]\ntype_one_error = false\n")
# a worker that says it is of another kind, as one of an older machine or another installation does
OTHER = """
import endplate.trials.worker as worker
own = worker.fingerprint() | {change!r}
worker.fingerprint = lambda: own
"""


class Cluster:
    """A scheduler, and workers as they are started."""

    def __init__(self, folder):
        self.folder, self.where = folder, folder / "scheduler.json"
        self.started = [self._process("scheduler", "--host", "127.0.0.1", "--port", "0")]
        self.workers = []
        deadline = time.monotonic() + 120
        while not self.where.exists():
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def _process(self, kind, *more):
        command = [
            sys.executable, "-m", f"distributed.cli.dask_{kind}", "--no-dashboard",
            "--scheduler-file", str(self.where), *more,
        ]  # fmt: skip
        return subprocess.Popen(command, stderr=subprocess.DEVNULL)

    def add(self, change=None):
        """Start a worker, and wait for it; `change` is what it says of itself."""
        from distributed import Client

        more = ["--nthreads", "1", "--no-nanny", "--local-directory", str(self.folder)]
        if change:
            script = self.folder / "other.py"
            script.write_text(OTHER.format(change=change), encoding="utf-8")
            more += ["--preload", str(script)]
        self.workers.append(self._process("worker", *more))
        self.started.append(self.workers[-1])
        with Client(self.address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(len(self.workers), timeout=120)

    @property
    def address(self):
        return json.loads(self.where.read_text(encoding="utf-8"))["address"]

    def end(self):
        for process in self.started:
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path):
    made = Cluster(tmp_path)
    yield made
    made.end()


@pytest.fixture(scope="module", autouse=True)
def _compiled_as_released():
    """The same bits are promised of code as users compile it, with a thread or with many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XLA_FLAGS", "")
        yield


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("here") / "run"
    return digests(Trial.loads(DESIGN).run(folder, workers=2, command="trial two.toml").folder)


def digests(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file()
    }


def test_a_cluster_gives_the_same_bytes_though_a_worker_is_killed(cluster, here, tmp_path):
    cluster.add()
    cluster.add()
    trial, killed = Trial.loads(DESIGN), []

    def kill_one(done, total):
        if 0 < done < total and not killed:
            killed.append(cluster.workers[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    over = trial.run(
        tmp_path / "run", scheduler=cluster.address, progress=kill_one, command="trial two.toml"
    )
    assert killed
    assert digests(over.folder) == here


def test_an_interrupted_run_is_resumed_on_a_cluster(cluster, here, tmp_path):
    cluster.add()
    design = tmp_path / "two.toml"
    design.write_text(DESIGN, encoding="utf-8")

    def command(run):
        return [
            sys.executable, "-m", "endplate", "trial", str(design), "--out", str(run),
            "--scheduler", cluster.address,
        ]  # fmt: skip

    folder, code, said = cut_off(command, tmp_path, signal.SIGINT)
    assert code == 130, said
    assert not (folder / "summary.json").exists()
    cluster.add()
    done = subprocess.run(
        [*command(folder), "--resume"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert digests(folder) == here


@pytest.mark.parametrize(
    "change", [{"jax": "0.4.1"}, {"instructions": "x86_64 avx"}], ids=["jax", "instructions"]
)
def test_workers_of_two_kinds_are_refused_by_name(cluster, tmp_path, change):
    cluster.add()
    cluster.add(change)
    ((what, own),) = change.items()
    with pytest.raises(CannotRun) as caught:
        Trial.loads(DESIGN).run(tmp_path / "run", scheduler=cluster.address)
    sentence = str(caught.value)
    assert f"{what} {own}" in sentence
    assert sentence.count("worker tcp://127.0.0.1:") == 2
    assert "\n" not in sentence
    assert not (tmp_path / "run").exists()


def test_a_worker_of_another_kind_that_joins_later_is_refused(cluster, here, tmp_path):
    cluster.add()
    trial, joined = Trial.loads(DESIGN), []

    def join_another(done, total):
        if not joined:
            joined.append(True)
            cluster.add({"jax": "0.4.1"})

    with pytest.raises(CannotRun, match=r"a worker that joined later has jax 0\.4\.1"):
        trial.run(
            tmp_path / "run",
            scheduler=cluster.address,
            progress=join_another,
            command="trial two.toml",
        )
    cluster.workers[1].kill()
    done = trial.run(tmp_path / "run", workers=2, resume=True, command="trial two.toml")
    assert digests(done.folder) == here


def test_a_scheduler_without_workers_is_told(cluster, tmp_path):
    with pytest.raises(CannotRun, match="the scheduler has no worker"):
        Trial.loads(DESIGN).run(tmp_path / "run", scheduler=cluster.address)
    assert not (tmp_path / "run").exists()
