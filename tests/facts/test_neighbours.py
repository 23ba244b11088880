"""Gates of neighbours: counts agree with their percentages, and each can be told to a person."""

from endplate.facts.harms import neighbour_gates, neighbours
from endplate.facts.table import text_rows
from endplate.views.words import known


def test_counts_agree_with_the_printed_share():
    """Events are whole people: a share may be off by half a person and by its printed digits."""
    for row in text_rows("neighbours"):
        share = 100 * int(row["observed_events"]) / int(row["observed_n"])
        rounding = 50 / int(row["observed_n"]) + 0.01
        assert abs(share - float(row["observed_percent"])) <= rounding, row["term"]


def test_each_term_is_counted_once_for_a_use_and_has_words():
    keys = [(gate.term, gate.calibrated_on) for gate in neighbour_gates()]
    assert len(keys) == len(set(keys))
    assert {gate.term for gate in neighbour_gates()} <= set(known("harm"))


def test_gates_have_a_size_and_a_side():
    for gate in neighbour_gates():
        assert min(gate.half_mm) > 0, gate
        assert 0 < gate.least_working < 1, gate
        assert gate.paired is (gate.chart != "bladder"), gate
        assert 0 < gate.observed_events < gate.observed_n, gate


def test_only_gates_whose_reach_was_set_are_neighbours_of_a_run():
    fitted = {(row["term"], row["calibrated_on"]) for row in text_rows("fitted_reach")}
    assert {(n.term, n.calibrated_on) for n in neighbours()} == fitted
    assert all(n.reach > 0 for n in neighbours())


def test_a_midline_gate_spans_its_organ():
    """The whole bladder wall is one box: retention comes from the wall, not from one spot."""
    (gate,) = (
        gate
        for gate in neighbour_gates()
        if (gate.term, gate.calibrated_on) == ("urinary_retention", "overactive_bladder")
    )
    assert gate.gate_mm[0] == 0
    assert gate.half_mm[0] == 90
    assert (gate.calibrated_product, gate.calibrated_dose_u) == ("onabotulinumtoxinA", 100)
