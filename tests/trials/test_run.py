"""Runs with real processes: the same bytes for any workers, after a kill, after Ctrl-C."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from endplate.errors import CannotRun
from endplate.trials import Trial
from endplate.trials import trial as running
from trial_designs import cut_off, glabella

# two tasks of each arm, and little to write as XPT
DESIGN = glabella(100, 90, more="\n[analysis]\ntype_one_error = false\n")


def digests(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file()
    }


@pytest.fixture(scope="module")
def design_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("design") / "two.toml"
    path.write_text(DESIGN, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def whole(design_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "whole"
    return Trial.load(design_file).run(folder, workers=1, command="trial two.toml")


def command(design_file, folder, *more):
    return [
        sys.executable, "-m", "endplate", "trial", str(design_file), "--out", str(folder), *more,
    ]  # fmt: skip


def test_two_workers_give_the_same_bytes(design_file, whole, tmp_path):
    other = Trial.load(design_file).run(tmp_path / "run", workers=2, command="trial two.toml")
    assert digests(other.folder) == digests(whole.folder)


def test_a_killed_worker_is_replaced(design_file, whole, tmp_path, monkeypatch):
    pools, killed = [], []
    make = running.pool_of

    def watched(*args):
        context = make(*args)

        class Watching:
            def __enter__(self):
                pools.append(context.__enter__())
                return pools[-1]

            def __exit__(self, *fault):
                return context.__exit__(*fault)

        return Watching()

    def kill_one(done, total):
        pid = pools[0].workers[1].pid
        if 0 < done < total and not killed and pid:
            killed.append(pid)
            os.kill(killed[0], signal.SIGKILL)

    monkeypatch.setattr(running, "pool_of", watched)
    other = Trial.load(design_file).run(
        tmp_path / "run", workers=2, command="trial two.toml", progress=kill_one
    )
    assert killed
    assert pools[0].workers[1].pid == 0  # ended since, and was another process before
    assert digests(other.folder) == digests(whole.folder)


def test_an_interrupted_run_is_resumed(design_file, whole, tmp_path):
    folder, code, said = cut_off(
        lambda run: command(design_file, run, "--workers", "1"), tmp_path, signal.SIGINT
    )
    assert code == 130
    assert "interrupted" in said
    refused = subprocess.run(
        command(design_file, folder), capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2
    assert (
        "holds an unfinished run of 'Twenty units against placebo'; add --resume" in refused.stderr
    )
    assert len(refused.stderr.strip().splitlines()) == 1
    done = subprocess.run(
        command(design_file, folder, "--resume", "--workers", "2"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert digests(folder) == digests(whole.folder)


def test_a_killed_run_is_resumed_and_its_drafts_are_removed(design_file, whole, tmp_path):
    """Nothing can be tidied on SIGKILL: what was being written is found and removed later."""
    folder, code, _ = cut_off(
        lambda run: command(design_file, run, "--workers", "1"), tmp_path, signal.SIGKILL
    )
    assert code == -signal.SIGKILL
    (folder / "adqs.parquet.1.part").write_bytes(b"half of a file")
    done = Trial.load(design_file).run(folder, resume=True, command="trial two.toml")
    assert digests(done.folder) == digests(whole.folder)


def test_a_finished_run_makes_a_lost_file_again(design_file, whole, tmp_path):
    folder = tmp_path / "run"
    shutil.copytree(whole.folder, folder)
    (folder / "report.html").unlink()
    done = Trial.load(design_file).run(folder, resume=True, command="trial two.toml")
    assert digests(done.folder) == digests(whole.folder)


def test_a_full_disk_is_told_in_one_sentence(design_file, whole, tmp_path):
    folder = tmp_path / "run"
    # set in the process itself: this one runs threads of jax and must not fork
    small_files = (
        "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)); "
        "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    )
    program, *rest = command(design_file, folder, "--workers", "1")
    full = subprocess.run(
        [program, "-c", small_files, *rest],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"ENDPLATE_CACHE": str(tmp_path / "none")},
    )
    assert full.returncode == 2
    (sentence,) = [line for line in full.stderr.splitlines() if "cannot be written" in line]
    assert "What is whole stays" in sentence
    assert not list(folder.glob("parts/*.part"))
    done = Trial.load(design_file).run(folder, resume=True, command="trial two.toml")
    assert digests(done.folder) == digests(whole.folder)


def test_a_folder_of_something_else_is_left_alone(design_file, whole, tmp_path):
    trial = Trial.load(design_file)
    other = Trial.loads(DESIGN.replace("seed = 3", "seed = 4"))
    with pytest.raises(CannotRun, match="holds a finished run of 'Twenty units against placebo'"):
        trial.run(whole.folder)
    with pytest.raises(CannotRun, match="another design"):
        other.run(whole.folder, resume=True)
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CannotRun, match="is not empty and holds no run"):
        trial.run(tmp_path)
    with pytest.raises(CannotRun, match="no run to resume"):
        trial.run(tmp_path / "new", resume=True)
    with pytest.raises(CannotRun, match="there is no folder"):
        trial.run(tmp_path / "no" / "such")
    with pytest.raises(CannotRun, match="is a file"):
        trial.run(tmp_path / "notes.txt")
    assert not (tmp_path / "new").exists()


def test_a_finished_run_is_not_run_again(design_file, whole):
    before = digests(whole.folder)
    again = Trial.load(design_file).run(whole.folder, resume=True)
    assert again.summary == whole.summary
    assert digests(whole.folder) == before


def test_nobody_is_let_in_and_nothing_is_written(tmp_path):
    text = glabella(64).replace("seed = 3", "seed = 3\nsevere_share = 0")
    trial = Trial.loads(text + "\n[inclusion]\nleast = 3\n")
    with pytest.raises(Exception, match="inclusion lets in 0 %"):
        trial.run(tmp_path / "run", workers=1)
    assert not (tmp_path / "run").exists()


@pytest.mark.filterwarnings("ignore")
def test_a_scheduler_that_does_not_answer_is_told(tmp_path):
    trial = Trial.loads(glabella(64))
    with pytest.raises(CannotRun, match=r"no scheduler answers at tcp://127\.0\.0\.1:9 "):
        trial.run(tmp_path / "run", scheduler="tcp://127.0.0.1:9")
    assert not (tmp_path / "run").exists()


def test_the_manifest_says_what_the_folder_holds(whole):
    manifest = json.loads((whole.folder / "manifest.json").read_text(encoding="utf-8"))
    there = digests(whole.folder)
    there.pop("manifest.json")
    assert manifest["outputs"] == there
    assert set(manifest["fingerprint"]) >= {"jax", "jaxlib", "instructions", "facts"}
