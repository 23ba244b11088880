"""Every command and option says what it does, and the docs know every command."""

import re

import pytest
from typer.main import get_command

from endplate.cli.main import COMMANDS, application, run

TOP = get_command(application([]))
CONTEXT = TOP.context_class(TOP, info_name="endplate")
NAMES = TOP.list_commands(CONTEXT)


def test_every_command_is_there():
    assert list(NAMES) == list(COMMANDS)


@pytest.mark.parametrize("name", NAMES)
def test_command_has_help(name):
    command = TOP.get_command(CONTEXT, name)
    assert command.help
    silent = [one.name for one in command.params if not getattr(one, "help", None)]
    assert silent == []


@pytest.mark.parametrize("name", NAMES)
def test_help_is_printed(name, capsys):
    assert run([name, "--help"]) == 0
    assert f"endplate {name}" in capsys.readouterr().out


@pytest.mark.parametrize("page", ["docs/tour.md", "docs/cli.md"])
def test_page_names_every_command_and_no_other(root, page):
    assert written_in(root / page) == set(NAMES)


@pytest.mark.parametrize("page", ["README.md", "docs/install.md", "docs/hypotheses.md"])
def test_page_names_no_command_that_is_not_there(root, page):
    written = written_in(root / page)
    assert written
    assert written <= set(NAMES)


def written_in(page):
    text = page.read_text(encoding="utf-8")
    return set(re.findall(r"(?:^|`|\$ )endplate ([a-z]+)\b", text, re.MULTILINE))
