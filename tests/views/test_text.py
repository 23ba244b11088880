from sample import read

from endplate.facts.table import document, text_rows
from endplate.views import summary
from endplate.views.plan import counted_sentence, course_sentence
from endplate.views.source import Link, link
from endplate.views.text import WIDTH
from endplate.views.words import known, word


def test_the_answer_fits_the_terminal(result):
    assert max(map(len, summary(read(result)).splitlines())) <= WIDTH + 4


def test_the_answer_holds_findings_times_benefits_and_harms(result):
    told = summary(read(result))
    assert "CAUTION: Total dose is above the label's 20 U" in told
    assert "62 to 214 days" in told
    assert "BOTOX-GL-II 20U 77 %" in told
    assert "BOTOX-GL-1+2-pooled 20U 80 %*" in told
    assert "Eyelid ptosis" in told
    assert "Figures at rest stand on one trial" in told


def test_a_plan_without_findings_says_so(result):
    result["findings"] = []
    assert "no findings" in summary(read(result))


def test_times_say_whom_they_are_of(result):
    times = result["timing_by_indication"]["glabellar_lines"]
    for name in times:
        times[name]["percent_with_event"] = 89.2
    said = "These times are of the 89 of 100 people who notice it; the others never do."
    told = read(result)
    assert said in " ".join(summary(told).split())
    assert counted_sentence(told.timing_of("glabellar_lines")) == said
    assert said not in course_sentence(told, "glabellar_lines")
    times["peak_d"]["percent_with_event"] = times["duration_d"]["percent_with_event"] = 100.0
    assert "(starts to work: 89 of 100 people)" in " ".join(summary(read(result)).split())
    times["onset_d"]["percent_with_event"] = 100.0
    assert "These times" not in summary(read(result))


UPPER_FACE = {"glabellar_lines", "lateral_canthal_lines", "forehead_lines"}


def test_every_endpoint_of_the_trials_has_words():
    codes = {
        row["endpoint"]
        for row in text_rows("trials")
        if row["indication"] in UPPER_FACE and row["statistic"] == "percent"
    }
    events = {c for c in codes if not c.startswith(("baseline_", "completed"))}
    assert events <= set(known("endpoint"))
    assert len(events) > 5


def test_every_side_effect_of_the_tables_has_words_for_both_readers():
    terms = {row["term"] for row in text_rows("adverse_reactions")}
    assert terms <= set(known("harm"))
    for term in terms:
        assert "_" not in word("harm", term) + word("harm", term, "plain")


def test_every_source_of_a_fact_is_shown_with_its_title():
    keys = document("sources")
    assert all(link(key).words.startswith(keys[key]["title"]) for key in keys)
    assert link("carruthers_2003").url.startswith("https://doi.org/10.1097/")
    assert link("nobody_1999") == Link("nobody_1999")
    assert link(None).words == "source not stated"
