"""`endplate sources`: every source, or what one saved result rests on."""

import json
import subprocess
import sys

import pytest

from commands import endplate as command
from endplate import simulate
from endplate.safety import check
from one_area_plan import plan


def run(*arguments, cwd):
    return command("sources", *arguments, cwd=cwd)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sources")
    made = plan(indication="cervical_dystonia", baseline="twstrs_total = 45")
    result = simulate(made, people=64, days=60)
    (folder / "result.json").write_text(result.as_json(), encoding="utf-8")
    (folder / "check.json").write_text(json.dumps(check(made).as_dict()), encoding="utf-8")
    return folder


def test_a_result_is_told_in_groups(folder):
    done = run("result.json", cwd=folder)
    assert done.returncode == 0, done.stderr
    heads = [line for line in done.stdout.splitlines() if line and not line.startswith(" ")]
    assert heads == [
        "What the label and the protocol say of this plan",
        "Numbers of the model and of the body",
        "Trials that set the fitted parameters",
        "Side effects",
    ]
    flat = " ".join(done.stdout.split())
    assert "set the parameters of this use: potency:cervical_dystonia" in flat
    assert "shared with glabellar lines: BOTOX-GL-1+2-pooled (" in flat
    assert flat.index("BRASHEAR1999_BOTB (") < flat.index("set only what all uses share")


def test_json_and_text_name_the_same_sources(folder):
    told = json.loads(run("result.json", "--json", cwd=folder).stdout)
    text = run("result.json", cwd=folder).stdout
    assert all(f"{one['key']} [" in text for one in told["sources"])
    assert all(f"{one['trial_id']} ({one['rows']})" in " ".join(text.split())
               for one in told["trials"])  # fmt: skip


def test_a_saved_check_is_told_without_the_simulator(folder):
    code = (
        "import sys; from endplate.cli.main import main; sys.argv = ['endplate', 'sources', "
        "'check.json']\ntry: main()\nexcept SystemExit: pass\n"
        "print('jax' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.stderr.strip() == "False"
    assert done.stdout.startswith("What the label")


@pytest.mark.parametrize("text", ["", "[1]", "{}", "not json", '{"a": 1}'])
def test_a_file_that_is_no_result_gets_one_sentence(folder, text):
    (folder / "bad.json").write_text(text, encoding="utf-8")
    done = run("bad.json", cwd=folder)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
