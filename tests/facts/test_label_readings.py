"""What was read in label texts and settled against what stood before, held value by value."""

import csv
from pathlib import Path

from endplate.facts.table import text_rows

_FILE = Path(__file__).parent / "label_readings.csv"
READINGS = tuple(csv.DictReader(_FILE.read_text(encoding="utf-8").splitlines()))


def stored(reading):
    """Values of the row that a reading is about, as the reading writes them."""
    (row,) = (row for row in text_rows(reading["table"]) if row["id"] == reading["id"])
    names = (cell.split("=")[0] for cell in reading["values"].split("|"))
    cells = "|".join(f"{name}={row[name]}" for name in names)
    return cells, row["source"], row["verified"]


def test_what_was_read_stands_in_the_tables():
    """A row changes with the text that it was read in: a new source, and this list with it."""
    assert len({(one["table"], one["id"]) for one in READINGS}) == len(READINGS) > 180
    for one in READINGS:
        assert stored(one) == (one["values"], one["source"], one["verified"]), one["id"]


def test_of_two_figures_both_are_kept_and_the_choice_is_named():
    """Where two texts disagree, the row that is taken says what the other has."""
    notes = {row["id"]: row["note"] for name in ("label_rules", "muscle_doses", "expected_courses",
             "adverse_reactions", "benefits") for row in text_rows(name)}  # fmt: skip
    taken = {
        "abo_cd_dysphagia_500_poewe_1998": "29 against 5",
        "inco_beb_dry_eye_jankovic_2011": "16 against 12",
        "inco_beb_studied": "54 U",
        "abo_eu_uls_biceps_brachii": "50 to 400 U",
        "abo_eu_uls_session_dose": "1500 U",
        "rima_us_sial_interval_min": "three months",
        "pra_gl_adult_duration": "four months",
        "ona_pp_studied": "31 U",
        "ona_axh_hdss_ge2_100": "counts another way",
        "ona_ndo_catheter_started_ginsberg_2012": "31 against 7",
        "ona_ndo_catheter_started_ona_ndo_safety": "35 against 10",
        "ona_us_pp_site_dose": "were not read",
        "inco_sial_dry_mouth_inco_label": "were not seen",
    }
    for row, other in taken.items():
        assert other in notes[row], row


def test_a_note_of_technique_cites_the_text_that_holds_it():
    """Section 5 of the US label does not name the muscle; the Irish text does."""
    notes = {row["id"]: row for row in text_rows("technique")}
    assert "does not name the muscle" in notes["abo_us_cd_avoid"]["text"]
    assert notes["abo_us_cd_avoid"]["source"] == notes["abo_eu_cd_avoid"]["source"]
