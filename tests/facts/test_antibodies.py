"""Counts of neutralising antibodies."""

from endplate.facts.table import text_rows


def test_counts_are_of_people_and_one_for_each_use():
    keys = [(row["product"], row["indication"]) for row in text_rows("antibodies")]
    assert len(keys) == len(set(keys))
    for row in text_rows("antibodies"):
        assert 0 <= int(row["positive"]) < int(row["n"]), row["id"]


def test_trials_of_the_first_product_found_few():
    """The review of its registration trials has 0 to 1.4 % for each use of adults."""
    shares = {
        row["indication"]: 100 * int(row["positive"]) / int(row["n"])
        for row in text_rows("antibodies")
        if row["product"] == "onabotulinumtoxinA"
    }
    assert len(shares) == 9
    assert max(shares.values()) < 1.45
