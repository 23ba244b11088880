"""Files go out whole and marked; what somebody else made, and what was there before, stays."""

import errno
import os

import pytest

from endplate.errors import CannotWrite
from endplate.files import output
from endplate.files.output import discard_drafts, is_ours, maker, replaced_together, write_whole


@pytest.fixture
def full_disk(monkeypatch):
    def no_room(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(output.os, "fsync", no_room)


def test_a_file_is_written_with_the_usual_rights(tmp_path):
    path = write_whole("ä", tmp_path / "a.txt")
    assert path.read_bytes() == "ä".encode()
    beside = tmp_path / "beside.txt"
    beside.write_text("")
    assert path.stat().st_mode == beside.stat().st_mode
    assert sorted(tmp_path.iterdir()) == [path, beside]


def test_a_full_disk_leaves_the_file_that_was_there(tmp_path, full_disk):
    path = tmp_path / "fitted.csv"
    path.write_text("good")
    with pytest.raises(CannotWrite, match=r"fitted.csv cannot be written: No space left"):
        write_whole("new", path)
    assert path.read_text() == "good"
    assert list(tmp_path.iterdir()) == [path]


def test_files_that_belong_together_are_replaced_together(tmp_path):
    for name in ("fitted.csv", "posterior.csv"):
        (tmp_path / name).write_text("old")

    def stopped_halfway():
        with replaced_together(tmp_path) as folder:
            write_whole("new", folder / "fitted.csv")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stopped_halfway()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "fitted.csv": "old",
        "posterior.csv": "old",
    }
    with replaced_together(tmp_path) as folder:
        write_whole("new", folder / "fitted.csv")
        assert (tmp_path / "fitted.csv").read_text() == "old"
    assert (tmp_path / "fitted.csv").read_text() == "new"
    assert len(list(tmp_path.iterdir())) == 2


def test_an_interrupt_in_the_middle_leaves_no_draft(tmp_path):
    with replaced_together(tmp_path) as folder, output.replaced_whole(tmp_path / "a") as stream:
        stream.write(b"half")
        (folder / "b").write_text("half")
        discard_drafts()
        assert list(tmp_path.iterdir()) == []
        folder.mkdir()
        (tmp_path / f"a.{os.getpid()}.part").touch()


@pytest.mark.parametrize(
    ("content", "ours"),
    [
        ("", True),
        (f'<meta name="generator" content="{maker()}">', True),
        ("x" * 100_000 + maker(), True),
        ("time [d],light_chain_muscle_1 [1]\n", True),
        ("<p>notes of mine on endplate</p>", False),
        ("x" * 100_000 + maker() + "x" * 100_000, False),
    ],
)
def test_the_mark_tells_whose_a_file_is(tmp_path, content, ours):
    path = tmp_path / "a.html"
    path.write_text(content)
    assert is_ours(path) is ours
