"""Where the commands write: the form by the ending, whose file it is, full disks, closed pipes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import typer

from case_plans import plan_text
from commands import endplate
from endplate.cli.output import CSV, HTML, JSON, PDF, SBML, output_file, write_json_file
from endplate.files.output import is_ours

FULL = Path("/dev/full")


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(plan_text({}))
    return path


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a.json"])
def test_forms_go_by_the_ending(tmp_path, name):
    assert output_file(tmp_path / name, HTML + JSON, False) == tmp_path / name


@pytest.mark.parametrize(
    ("name", "endings", "sentence"),
    [
        ("a.docx", HTML + PDF + JSON, "'.*a.docx' does not end in .html or .pdf or .json"),
        ("a.pdf", HTML + JSON, "does not end in .html or .json"),
        ("a", HTML, "does not end in .html"),
        ("a.html", SBML, "does not end in .xml or .sbml"),
        ("a.xml", CSV, "does not end in .csv"),
        ("no/a.csv", CSV, "there is no folder"),
        (".", HTML, "is a folder"),
    ],
)
def test_other_endings_and_places_are_refused(tmp_path, name, endings, sentence):
    with pytest.raises(typer.BadParameter, match=sentence):
        output_file(tmp_path / name, endings, False)
    assert list(tmp_path.iterdir()) == []


def test_what_somebody_else_made_is_overwritten_on_request_alone(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"mine": 1}')
    with pytest.raises(typer.BadParameter, match="was not made by endplate"):
        output_file(path, JSON, False)
    assert output_file(path, JSON, True) == path
    write_json_file({"a": 1}, path)
    assert is_ours(path)
    assert output_file(path, JSON, False) == path


@pytest.mark.parametrize("command", ["simulate", "discuss", "compare", "demo"])
def test_a_file_of_somebody_else_ends_the_command_before_it_works(plan, tmp_path, command):
    notes = tmp_path / "notes.html"
    notes.write_text("mine")
    plans = {"demo": [], "compare": [plan, plan]}.get(command, [plan])
    done = endplate(command, *plans, "--out", notes)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--force" in done.stderr
    assert notes.read_text() == "mine"
    assert sorted(tmp_path.iterdir()) == [notes, plan]


def test_export_and_validate_refuse_before_they_work(plan, tmp_path):
    (tmp_path / "person.xml").write_text("<mine/>")
    done = endplate("export", plan, "--sbml", tmp_path / "person.xml")
    assert done.returncode == 2
    assert "--sbml" in done.stderr
    done = endplate("validate", "--report", tmp_path / "report.pdf")
    assert done.returncode == 2
    assert "--report" in done.stderr


def test_a_missing_extra_is_told_before_the_work(tmp_path):
    code = (
        "import sys; sys.modules['libsbml'] = sys.modules['weasyprint'] = None\n"
        "from endplate.cli.main import main\n"
        "main(sys.argv[1:])\n"
    )
    plan = tmp_path / "none.toml"  # not even the plan is read before
    for words in (("export", plan, "--sbml", "a.xml"), ("discuss", plan, "--out", "a.pdf")):
        done = subprocess.run(
            [sys.executable, "-c", code, *map(str, words)],
            capture_output=True, text=True, check=False, cwd=tmp_path,
        )  # fmt: skip
        assert done.returncode == 2
        assert "pip install '.[" in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_plan_overwrites_only_on_request_and_ends_in_toml(tmp_path):
    words = ("plan", "--indication", "glabellar_lines", "--product", "BOTOX®")
    out = tmp_path / "new.toml"
    assert endplate(*words, "--out", out).returncode == 0
    assert is_ours(out)
    out.write_text("mine")
    assert "--force" in endplate(*words, "--out", out).stderr
    assert out.read_text() == "mine"
    assert endplate(*words, "--out", out, "--force").returncode == 0
    assert "ends in .toml" in endplate(*words, "--out", tmp_path / "new.html").stderr


def test_plan_lists_the_words_that_are_known():
    done = endplate("plan", "--indication", "frown", "--product", "Bocouture X", "--region", "FR")
    assert done.returncode == 2
    product, indication, region = done.stderr.splitlines()
    assert "incobotulinumtoxinA" in product
    assert "neurogenic_detrusor_overactivity" in indication
    assert "US, EU, UK" in region


def test_plan_says_that_a_protocol_takes_the_dose_of_a_trial():
    done = endplate("plan", "--indication", "cervical_dystonia", "--product", "Botox")
    assert '# protocol = "label"' in done.stdout
    assert "236 U" in done.stdout
    assert "fill in" in done.stdout


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", [("check",), ("check", "--"), ("prepare",), ("why", "dose_area")])
def test_a_full_disk_is_one_sentence(plan, words):
    command, *more = words
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "endplate", command, str(plan), *[w for w in more if w != "--"]],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == "The answer cannot be written: No space left on device.\n"


@pytest.mark.parametrize("words", [("check",), ("prepare",)])
def test_a_reader_that_is_gone_is_wrong_use_without_a_word(plan, words):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "endplate", *words, str(plan)],
        stdout=writer, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    os.close(writer)
    assert (done.returncode, done.stderr) == (2, "")


def test_closed_output_is_one_sentence(plan):
    done = subprocess.run(
        f"{sys.executable} -m endplate check {plan} >&-",
        shell=True, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        2,
        "The answer cannot be written: standard output is closed.\n",
    )


LIMITED = """
import resource, sys
most = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
from endplate.cli.main import main
main(sys.argv[2:])
"""


@pytest.mark.skipif(os.name != "posix", reason="limits of this kind are POSIX")
@pytest.mark.parametrize(
    "words",
    [
        ("discuss", "plan.toml", "--out", "out.html"),
        ("plan", "--indication", "glabellar_lines", "--product", "Botox", "--out", "out.toml"),
    ],
)
def test_a_file_that_finds_no_room_leaves_what_was_there(plan, tmp_path, words):
    assert endplate(*words, cwd=tmp_path).returncode == 0
    out = tmp_path / words[-1]
    before = out.read_bytes()
    limited = [sys.executable, "-c", LIMITED, str(len(before) // 2), *words, "--force"]
    done = subprocess.run(limited, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, f"{out.name} cannot be written: File too large.\n")
    assert out.read_bytes() == before
    assert sorted(tmp_path.iterdir()) == sorted([out, plan])


STARTED = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a script ignores it
from endplate.cli.main import main
print("ready", flush=True)
main(sys.argv[1:])
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of this kind are POSIX")
@pytest.mark.parametrize("command", ["simulate", "validate", "calibrate", "check"])
def test_an_interrupt_ends_a_command_without_a_traceback(plan, tmp_path, command):
    words = {"simulate": [plan], "check": [plan], "calibrate": ["--out", tmp_path]}
    busy = subprocess.Popen(
        [sys.executable, "-c", STARTED, command, *map(str, words.get(command, []))],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert busy.stdout is not None
    assert busy.stdout.readline() == "ready\n"
    time.sleep(2)
    start = time.monotonic()
    busy.send_signal(signal.SIGINT)
    _, told = busy.communicate(timeout=60)
    assert "Traceback" not in told
    if command == "check" and busy.returncode == 0:
        return  # it was done before
    assert busy.returncode == 130
    assert told.endswith("interrupted\n")
    assert time.monotonic() - start < 15  # two seconds where the processors are not all taken


WORK = """
import signal, sys, threading, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a script ignores it
from endplate.cli import main
from endplate.files.output import replaced_whole
from pathlib import Path
def busy(_):
    with replaced_whole(Path(sys.argv[1])) as stream:
        stream.write(b"half")
        print("ready", flush=True)
        while True:
            try:
                time.sleep(60)
            except BaseException:
                pass  # as a callback of jax does
main.run = busy
main.main([])
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of this kind are POSIX")
def test_an_interrupt_ends_at_once_even_where_an_exception_would_be_swallowed(tmp_path):
    busy = subprocess.Popen(
        [sys.executable, "-c", WORK, str(tmp_path / "half.csv")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert busy.stdout is not None
    assert busy.stdout.readline() == "ready\n"
    start = time.monotonic()
    busy.send_signal(signal.SIGINT)
    _, told = busy.communicate(timeout=30)
    assert (busy.returncode, told) == (130, "interrupted\n")
    assert time.monotonic() - start < 20
    assert list(tmp_path.iterdir()) == []


def test_the_handlers_of_a_program_that_calls_main_come_back(plan):
    from endplate.cli.main import main

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(SystemExit):
        main(["check", str(plan)])
    assert signal.getsignal(signal.SIGINT) is before


def test_a_semicolon_table_is_validated_no_further_than_its_words(tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text("trial_id;arm\nA;B\n", encoding="utf-16")
    done = endplate("validate", "--trials", table, "--json")
    assert done.returncode == 2
    assert "lacks the columns indication, product" in done.stderr
