"""`endplate guide`: one file for someone without a plan."""

import json

import pytest

from endplate.cli.main import run
from endplate.errors import CaseError


def test_guide_writes_one_file_and_says_where(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["guide", "--out", "mine.html", "--region", "United Kingdom"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "mine.html" in said.err
    text = (tmp_path / "mine.html").read_text(encoding="utf-8")
    assert "call the emergency number" in text
    assert [path.name for path in tmp_path.iterdir()] == ["mine.html"]


def test_guide_as_json_writes_no_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["guide", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["uses"]) == 19
    assert told["provenance"]["review_by"] == "28 Nov 2027"
    assert list(tmp_path.iterdir()) == []


def test_a_region_that_is_not_known_is_one_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CaseError, match="'Mars' is not a known region; known are US, EU, UK"):
        run(["guide", "--region", "Mars"])
    assert list(tmp_path.iterdir()) == []
