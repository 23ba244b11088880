"""Published times of onset, peak and wearing off: in order, and none told without its standing."""

from endplate.facts.table import text_rows
from endplate.facts.trials import PHASES, expected_courses


def keys():
    return {
        (row["product"], row["indication"], population)
        for row in text_rows("expected_courses")
        for population in ("adult", "paediatric")
    }


def test_each_phase_begins_no_sooner_than_the_one_before():
    for product, indication, population in keys():
        courses = expected_courses(product, indication, population)
        lows = [courses[phase].low_d for phase in PHASES if phase in courses]
        # Migraine is judged over months: its best is measured after the repeat of week 12.
        if indication != "chronic_migraine":
            assert lows == sorted(lows), (product, indication, population)
        assert all(row.low_d <= row.high_d for row in courses.values()), (product, indication)


def test_each_phase_is_told_once():
    phases = [
        (row["product"], row["indication"], row["population"], row["phase"])
        for row in text_rows("expected_courses")
    ]
    assert len(phases) == len(set(phases))


def test_every_modelled_use_of_the_first_product_has_a_peak_and_an_end():
    uses = {row["indication"] for row in text_rows("scales")}
    for use in uses:
        courses = expected_courses("onabotulinumtoxinA", use)
        assert {"peak", "duration"} <= set(courses), use
