"""A user's trial table: read whole, or refused with one sentence per fault."""

import csv
import re

import pytest

from endplate.errors import TrialTableFaults
from endplate.facts.endpoints import LINE, duration_rules
from endplate.facts.trials import trial_figures
from endplate.fit.endpoint_types import why_skipped
from endplate.fit.trial_table import NEEDED, figures_in, read_trials

HEAD = ",".join(NEEDED)
GOOD = "T1,glabellar_lines,onabotulinumtoxinA,20U,20,100,30,inv_none_mild,percent,80"


def written(tmp_path, *lines):
    path = tmp_path / "trials.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_good_table_is_read(tmp_path):
    (figure,) = read_trials(written(tmp_path, HEAD, GOOD))
    assert (figure.area_dose_u, figure.n, figure.value) == (20.0, 100, 80.0)
    assert not figure.verified


def test_spread_start_and_ceiling_are_read_where_present(tmp_path):
    head, row = HEAD + ",sd,baseline_mean,bound", GOOD + ",4.5,20,at_most"
    (figure,) = read_trials(written(tmp_path, head, row))
    assert (figure.sd, figure.baseline_mean, figure.bound) == (4.5, 20.0, "at_most")
    (bare,) = read_trials(written(tmp_path, HEAD, GOOD))
    assert (bare.sd, bare.baseline_mean, bare.bound) == (None, None, "")
    with pytest.raises(TrialTableFaults, match="sd is '-1'"):
        read_trials(written(tmp_path, head, GOOD + ",-1,20,"))


def test_the_shared_table_is_read_and_holds_the_shipped_figures(evidence):
    shared = read_trials(evidence / "trials_shared.csv")
    keys = {(f.trial_id, f.arm, f.day, f.endpoint) for f in shared}
    # a day that the paper does not print was set by us
    days = {id(f): None if "day not printed" in f.note else f.day for f in trial_figures()}
    # who a trial enrolled was also read elsewhere
    shipped = {
        (f.trial_id, f.arm, days[id(f)], f.endpoint)
        for f in trial_figures()
        if not f.endpoint.startswith("baseline_")
    }
    with (evidence / "durations_more.csv").open(newline="", encoding="utf-8") as lines:
        more = {row["trial"].split(" (")[0].upper() for row in csv.DictReader(lines)}
    assert {trial for trial, *_ in shipped - keys} <= {
        "ASPEN-1",
        *(f.trial_id for f in trial_figures() if f.trial_id.upper() in more),
    }


def test_a_figure_carries_its_definition(tmp_path):
    head = HEAD + ",programme,response,among,fall_of,kept_share,least_fall,visits_d,every_d,told"
    head += ",follow_up_d,population,scale"
    row = GOOD + ",P,subj_ge1,both_none_mild,best,0.2,0.1,28 56,14,line,180,children,0-4"
    (figure,) = read_trials(written(tmp_path, head, row))
    usual = duration_rules("", LINE)["median_duration_ge1"]
    rule = figure.rule(usual)
    assert (rule.curve, rule.among, rule.of) == ("subj_ge1", "both_none_mild", "best")
    assert (rule.kept_share, rule.least_fall, rule.told) == (0.2, 0.1, "line")
    assert (rule.first_visits_d, rule.every_d) == ((28.0, 56.0), 14.0)
    assert rule.grade_width == figure.grade_width == 0.75
    assert (figure.programme_name, figure.follow_up_d) == ("P", 180.0)
    assert "children" in why_skipped(figure)
    (bare,) = read_trials(written(tmp_path, HEAD, GOOD))
    assert bare.rule(usual) == usual
    assert bare.programme_name == "T1"


@pytest.mark.parametrize(
    ("column", "text", "sentence"),
    [
        ("response", "happy", "response is 'happy'; allowed are inv_none_mild, "),
        ("fall_of", "peak", "fall_of is 'peak'; allowed are best, start."),
        ("kept_share", "20", "kept_share is '20'; a number from 0 to 1"),
        ("visits_d", "56 28", "visits_d is '56 28'; rising days with a space between"),
        ("visits_d", "week 4", "visits_d is 'week 4'; rising days with a space between"),
        ("every_d", "0", "every_d is '0'; a number from 1"),
        ("population", "cats", "population is 'cats'; allowed are adults, children."),
        ("scale", "Merz", "scale is 'Merz'; of a line its first and last grade"),
    ],
)
def test_a_definition_that_cannot_be_read_is_one_sentence(tmp_path, column, text, sentence):
    with pytest.raises(TrialTableFaults, match=re.escape(sentence)):
        read_trials(written(tmp_path, f"{HEAD},{column}", f"{GOOD},{text}"))


def test_a_scale_that_a_note_names_is_that_of_the_figure(tmp_path):
    (figure,) = read_trials(written(tmp_path, HEAD + ",note", GOOD + ",Merz 0-4; independent"))
    assert (figure.scale, figure.grade_width) == ("0-4", 0.75)
    (usual,) = read_trials(written(tmp_path, HEAD + ",note", GOOD + ",facial wrinkle scale 0-3"))
    assert usual.grade_width == 1.0


def test_a_score_by_another_instrument_is_not_predicted(tmp_path):
    row = "T1,axillary_hyperhidrosis,onabotulinumtoxinA,50U,50,100,28,sweat_ge50,percent,80"
    (figure,) = read_trials(written(tmp_path, HEAD + ",scale", row + ",ninhydrin"))
    assert "measured by ninhydrin" in why_skipped(figure)
    (usual,) = read_trials(written(tmp_path, HEAD, row))
    assert why_skipped(usual) is None


@pytest.mark.parametrize(
    ("cell", "text", "sentence"),
    [
        ("value", "eighty", "value is 'eighty'; a number"),
        ("value", "180", "a percent lies from 0 to 100"),
        ("value", "", "value is empty"),
        ("value", "nan", "value is 'nan'; a number"),
        ("n", "-3", "n is '-3'; a number from 1"),
        ("day", "inf", "day is 'inf'; a number from 0"),
        ("product", "", "product is empty"),
    ],
)
def test_each_fault_is_one_sentence_with_its_line(tmp_path, cell, text, sentence):
    cells = dict(zip(NEEDED, GOOD.split(","), strict=True)) | {cell: text}
    with pytest.raises(TrialTableFaults) as caught:
        read_trials(written(tmp_path, HEAD, GOOD, ",".join(cells.values())))
    (fault,) = caught.value.sentences
    assert fault.startswith("line 3 of trials.csv: ")
    assert sentence in fault


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_of_a_spreadsheet_is_the_same_table(tmp_path, encoding):
    plain = written(tmp_path, HEAD + ",sd", GOOD + ",4.5")
    saved = tmp_path / "saved.csv"
    lines = ["sep=;", f"{HEAD},sd".replace(",", ";"), GOOD.replace(",", ";") + ";4,5", ";" * 10]
    saved.write_text("\r\n".join(lines), encoding=encoding)
    assert read_trials(saved) == read_trials(plain)
    assert figures_in(saved.read_bytes(), "saved.csv") == read_trials(plain)


def test_the_shared_semicolon_table_is_read(root):
    path = root.parent / "shared" / "cases" / "semicolon.csv"
    if not path.is_file():
        pytest.skip("no shared cases beside the repository")
    assert [figure.value for figure in read_trials(path)] == [17.0, 67.0]


def test_a_row_with_more_cells_than_columns_is_a_fault(tmp_path):
    with pytest.raises(TrialTableFaults, match=r"line 2 of .* has 11 cells, its header 10"):
        read_trials(written(tmp_path, HEAD, GOOD.replace(",80", ",80,5")))


def test_a_bound_is_one_of_two_words(tmp_path):
    with pytest.raises(TrialTableFaults, match="bound is 'floor'; allowed are at_least, at_most"):
        read_trials(written(tmp_path, HEAD + ",bound", GOOD + ",floor"))


def test_missing_columns_files_and_text_are_named(tmp_path):
    with pytest.raises(TrialTableFaults, match="lacks the columns"):
        read_trials(written(tmp_path, "a,b", "1,2"))
    with pytest.raises(TrialTableFaults, match="There is no file"):
        read_trials(tmp_path / "none.csv")
    with pytest.raises(TrialTableFaults, match="is a folder"):
        read_trials(tmp_path)
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00" * 100)
    with pytest.raises(TrialTableFaults, match="not UTF-8"):
        read_trials(tmp_path / "binary.csv")
