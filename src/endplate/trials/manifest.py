"""The manifest of a run: which run a folder holds, what is done, what is still owed."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from endplate.errors import CannotRun, CannotWrite
from endplate.files.output import maker, write_whole
from endplate.trials.parts import digest_of, part_name

MANIFEST, PARTS = "manifest.json", "parts"


def run_digest(job: dict[str, Any], fingerprint: dict[str, str]) -> str:
    """What a run is known by: the design, what was prepared of it, versions and instructions."""
    text = json.dumps({"job": job, "fingerprint": fingerprint}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass
class Manifest:
    """What a folder holds; `parts` are digests by task, `outputs` by file once all is done."""

    folder: Path
    run: str
    title: str
    fingerprint: dict[str, str]
    job: dict[str, Any]
    parts: dict[int, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def part_folder(self) -> Path:
        """Folder of the parts."""
        return self.folder / PARTS

    @property
    def complete(self) -> bool:
        """Whether all outputs are there."""
        return bool(self.outputs) and all((self.folder / n).is_file() for n in self.outputs)

    def owed(self, tasks: int) -> list[int]:
        """Tasks whose part is not there as it was written, in order."""
        there = {}
        for number, digest in self.parts.items():
            path = self.part_folder / part_name(number)
            if path.is_file() and digest_of(path) == digest:
                there[number] = digest
        self.parts = there
        return [number for number in range(tasks) if number not in there]

    def save(self) -> None:
        """Write the manifest whole.

        Raises
        ------
        CannotWrite
            The folder is full or gone.
        """
        value = {
            "generator": maker(),
            "run": self.run,
            "title": self.title,
            "fingerprint": self.fingerprint,
            "job": self.job,
            "parts": {str(number): self.parts[number] for number in sorted(self.parts)},
            "outputs": self.outputs,
        }
        write_whole(json.dumps(value, indent=1, sort_keys=True) + "\n", self.folder / MANIFEST)


def read_manifest(folder: Path) -> Manifest | None:
    """Manifest of a folder; None where there is none.

    Raises
    ------
    CannotRun
        There is a file of that name that is no manifest.
    """
    path = folder / MANIFEST
    if not path.exists():
        return None
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        return Manifest(
            folder,
            value["run"],
            value["title"],
            value["fingerprint"],
            value["job"],
            {int(number): digest for number, digest in value["parts"].items()},
            value["outputs"],
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise CannotRun(f"{path} is no manifest of endplate; give another folder.") from None


def opened(
    folder: Path,
    title: str,
    job: dict[str, Any],
    fingerprint: dict[str, str],
    resume: bool,
) -> Manifest:
    """The manifest of a run in a folder, made or taken up again.

    Raises
    ------
    CannotRun
        The folder holds something else, or this run already and `resume` is not asked for.
    CannotWrite
        The folder cannot be made.
    """
    found = check_folder(folder, resume)
    run = run_digest(job, fingerprint)
    if found is not None:
        if found.run != run:
            raise CannotRun(_other_run(found, folder, job, fingerprint))
        _made(found.part_folder)  # of a finished run that lost a file it is gone
        for place in (folder, found.part_folder):
            for path in place.glob("*.part"):
                path.unlink(missing_ok=True)  # of a process that was killed while it wrote
        return found
    _made(folder / PARTS)
    manifest = Manifest(folder, run, title, fingerprint, job)
    manifest.save()
    return manifest


def _made(parts: Path) -> None:
    try:
        parts.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise CannotWrite(f"{parts.parent} cannot be made: {fault.strerror or fault}.") from None


def check_folder(folder: Path, resume: bool) -> Manifest | None:
    """Whether a run may use a folder; its manifest where it holds one.

    Raises
    ------
    CannotRun
        It may not.
    """
    if folder.exists() and not folder.is_dir():
        raise CannotRun(f"{folder} is a file; give a folder for the run.")
    if not folder.exists() and not folder.parent.is_dir():
        raise CannotRun(f"there is no folder {folder.parent}; make it first.")
    found = read_manifest(folder) if folder.is_dir() else None
    if found is None:
        if folder.is_dir() and any(folder.iterdir()):
            raise CannotRun(
                f"{folder} is not empty and holds no run of endplate; give another folder."
            )
        if resume:
            raise CannotRun(f"{folder} holds no run to resume; leave --resume out to begin one.")
    elif not resume:
        state = "a finished run" if found.complete else "an unfinished run"
        raise CannotRun(
            f"{folder} holds {state} of {found.title!r}; add --resume to go on with it, or give "
            "another folder."
        )
    return found


def _other_run(
    found: Manifest, folder: Path, job: dict[str, Any], fingerprint: dict[str, str]
) -> str:
    for name, own in fingerprint.items():
        theirs = found.fingerprint.get(name)
        if theirs != own:
            return (
                f"{folder} was run with {name} {theirs}, this is {name} {own}: their numbers may "
                "differ in the last digits; give another folder."
            )
    what = "another design" if found.job.get("design") != job.get("design") else "other facts"
    return f"{folder} holds a run of {what} ({found.title!r}); give another folder."
