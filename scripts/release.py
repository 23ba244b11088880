"""Writes a release into a folder: wheel, source archive, bill of materials, checksums."""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements-dev.lock"
CHECKSUMS = "SHA256SUMS"


def main() -> int:
    """Build, list what is needed, sum up; one line for each file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder, emptied before")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for old in [*out.glob("endplate-*"), *out.glob(CHECKSUMS)]:
        old.unlink()
    wheel, _ = build(out)
    materials(wheel, out / f"{wheel.name.split('-py3')[0]}.cdx.json")
    for line in write_checksums(out):
        print(line)
    return 0


def build(out: Path) -> tuple[Path, Path]:
    """Wheel and source archive; the wheel is made from the archive, as a packager would."""
    run("uv", "build", "--quiet", "--out-dir", str(out), str(ROOT))
    (wheel,), (archive,) = out.glob("endplate-*.whl"), out.glob("endplate-*.tar.gz")
    (out / ".gitignore").unlink(missing_ok=True)  # uv leaves one
    return wheel, archive


def materials(wheel: Path, target: Path) -> Path:
    """Bill of materials of the wheel in an environment that holds it and nothing else.

    Versions are those of the lock, with which the release was tested. What differs from one run to
    the next (a serial number, the time, the folder) is left out.
    """
    with tempfile.TemporaryDirectory() as folder:
        python = bare_environment(wheel, Path(folder) / "bare")
        told = run(
            "cyclonedx-py", "environment", "--output-reproducible", "--of", "JSON", str(python)
        )
    bill = json.loads(told)
    (own,) = (part for part in bill["components"] if part["name"] == "endplate")
    own.pop("externalReferences", None)  # where the wheel lay
    bill["components"].remove(own)
    bill["metadata"]["component"] = own
    del bill["metadata"]["tools"]
    target.write_text(json.dumps(bill, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return target


def bare_environment(wheel: Path, folder: Path) -> Path:
    """An environment that holds the wheel and what it needs, as the lock has it; its Python."""
    run("uv", "venv", "--quiet", "--python", sys.executable, str(folder))
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    run(
        "uv", "pip", "install", "--quiet", "--python", str(python),
        "--constraint", str(LOCK), str(wheel),
    )  # fmt: skip
    return python


def write_checksums(out: Path) -> list[str]:
    """`SHA256SUMS` of every file of a release, as `sha256sum --check` reads it."""
    files = sorted(path for path in out.glob("endplate-*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in files]
    (out / CHECKSUMS).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return lines


def run(command: str, *arguments: str) -> str:
    """Run a program of this environment; what it printed."""
    program = Path(sys.executable).parent / command
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{command} failed:\n{done.stderr.strip()}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
