"""Counted unwanted effects: what is counted, what is predicted, that the fit finds the truth."""

from dataclasses import replace

import numpy as np
import pytest

from endplate.errors import FitFailed
from endplate.facts.harms import harm_fit, harm_terms
from endplate.facts.table import TABLES
from endplate.facts.trials import trial_figures
from endplate.fit.harms import is_harm
from endplate.fit.harms.counts import PLACEBO, Count, label_counts, trial_counts
from endplate.fit.harms.fit import HarmEffort, check_chains, fit_counts, write_harms
from endplate.fit.trial_table import read_trials
from endplate.validation.harms import predict_harms

DYSPHAGIA = next(
    f for f in trial_figures() if (f.trial_id, f.endpoint) == ("TRUONG2005", "ae_dysphagia")
)


def predicted(**change):
    (prediction,), _ = predict_harms((replace(DYSPHAGIA, **change),))
    return prediction


def width(prediction):
    return prediction.interval.high - prediction.interval.low


def test_more_dose_gives_more_and_placebo_least():
    shares = [predicted(area_dose_u=dose_u).predicted for dose_u in (125, 250, 500, 1000)]
    placebo = predicted(product=PLACEBO, area_dose_u=0.0).predicted
    assert [placebo, *shares] == sorted([placebo, *shares])
    assert predicted(area_dose_u=1e-3).predicted == pytest.approx(placebo, abs=0.5)


def test_an_unstated_dose_is_the_usual_one_with_a_wider_interval():
    usual = harm_fit().usual_dose_u[("cervical_dystonia", "abobotulinumtoxinA")]
    known, unknown = predicted(area_dose_u=usual, n=5000), predicted(area_dose_u=None, n=5000)
    assert unknown.predicted == pytest.approx(known.predicted, rel=0.1)
    assert width(unknown) > width(known)


def test_fewer_people_make_a_wider_interval():
    few, many = predicted(n=20).interval, predicted(n=2000).interval
    assert few.low <= many.low < many.high <= few.high


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"endpoint": "ae_hiccups"}, "ae_hiccups was not counted in cervical_dystonia or near it"),
        ({"indication": "axillary_hyperhidrosis"}, "ae_dysphagia was not counted in axillary"),
        ({"indication": "sialorrhea"}, "indication sialorrhea is not covered"),
        ({"product": "sacral_neuromodulation"}, "product sacral_neuromodulation is not covered"),
        ({"endpoint": "ae_cic_at_visit"}, "uses a catheter on that day"),
        ({"endpoint": "dropout"}, "not an unwanted effect"),
        ({"endpoint": "completed"}, "not an unwanted effect"),
        ({"arm": "open label, cycle 4"}, "one round of repeated treatment"),
        ({"arm": "open label, treatment 2"}, "one round of repeated treatment"),
        ({"statistic": "mean"}, "told as mean"),
    ],
)
def test_what_is_not_predicted_says_why(change, reason):
    predictions, ((figure, said),) = predict_harms((replace(DYSPHAGIA, **change),))
    assert predictions == ()
    assert figure == replace(DYSPHAGIA, **change)
    assert reason in said


def test_every_code_of_a_use_with_that_effect_has_a_prediction():
    """Codes are predicted in uses no one counted them in where organs near by were counted."""
    assert predicted(endpoint="ae_jaw_weakness", indication="platysma_bands").predicted > 0
    assert predicted(endpoint="ae_serious", indication="glabellar_lines").predicted > 0
    known = {e.term for e in harm_fit().estimates.values()}
    assert {row.term for row in harm_terms().values()} - known <= {"discontinued"}


def test_counts_of_what_was_laid_to_the_treatment_are_lower():
    assert predicted(note="treatment-related only").predicted < predicted().predicted


def test_labels_repeat_no_trial():
    trials = trial_counts(trial_figures())
    published = {(c.source, c.indication, c.term) for c in trials}
    labels = label_counts()
    assert len(labels) > 200
    assert [c for c in labels if (c.source, c.indication, c.term) in published] == []
    keys = [(c.trial, c.indication, c.product, c.term, c.dose_u) for c in labels]
    assert len(keys) == len(set(keys))


def test_the_stored_tables_are_what_the_code_reads(tmp_path):
    for path in write_harms(harm_fit(), tmp_path):
        assert path.read_text(encoding="utf-8") == (TABLES / path.name).read_text(encoding="utf-8")


def test_the_stored_fit_is_of_the_shipped_counts():
    """A count added to the trials without a new fit would leave the table behind."""
    counted = {(c.term, c.indication) for c in trial_counts(trial_figures()) + label_counts()}
    stored = {(e.term, e.indication): e for e in harm_fit().estimates.values() if not e.product}
    assert counted == {key for key, row in stored.items() if row.counts}
    total = len(trial_counts(trial_figures()) + label_counts())
    assert sum(row.counts for row in stored.values()) == total


def test_intervals_of_the_shared_rows_hold(evidence):
    """Of trials that the fit has seen: more than nine in ten; the slow test leaves trials out."""
    figures = read_trials(evidence / "trials_shared.csv")
    predictions, _ = predict_harms(tuple(f for f in figures if is_harm(f)))
    assert len(predictions) >= 180
    assert np.mean([p.inside for p in predictions]) >= 0.85
    assert np.mean([abs(p.predicted - p.figure.value) for p in predictions]) <= 7.0


SPREAD = {"trial": 0.3, "effect": 0.5, "product": 0.4}
SLOPE = 0.7
TERMS = ("dysphagia", "dry_mouth", "headache", "fatigue", "dysphonia", "injection_site_pain")
PRODUCTS = {"onabotulinumtoxinA": 236.0, "abobotulinumtoxinA": 500.0, "rimabotulinumtoxinB": 7000.0}


def made_up(rng):
    """Counts of nine trials of a known truth, and that truth by effect and product."""
    background = {term: -3.0 + SPREAD["effect"] * rng.standard_normal() for term in TERMS}
    typical = {term: -2.0 + SPREAD["effect"] * rng.standard_normal() for term in TERMS}
    excess = {
        (term, product): typical[term] + SPREAD["product"] * rng.standard_normal()
        for term in TERMS
        for product in PRODUCTS
    }
    counts = []
    for trial in range(9):
        product = list(PRODUCTS)[trial % 3]
        shift = SPREAD["trial"] * rng.standard_normal()
        for term in TERMS:
            for arm, fold in ((PLACEBO, None), (product, 0.5), (product, 1.0), (product, 2.0)):
                hazard = np.logaddexp(0, background[term])
                if fold:
                    added = excess[(term, product)] + SLOPE * np.log2(fold)
                    hazard += np.logaddexp(0, added)
                share = 1 / (1 + np.exp(-np.log(np.expm1(hazard)) - shift))
                percent = 100 * rng.binomial(150, share) / 150
                dose_u = fold * PRODUCTS[product] if fold else None
                counts.append(
                    Count(f"t{trial}", f"s{trial}", "cervical_dystonia", arm, term, dose_u, 150,
                          percent, False, True)
                )  # fmt: skip
    return tuple(counts), background, excess


def test_too_few_counts_are_no_fit():
    with pytest.raises(FitFailed, match="too few"):
        fit_counts(made_up(np.random.default_rng(0))[0][:10], {})


@pytest.mark.parametrize(
    ("chains", "divergent_share"),
    [
        pytest.param(np.arange(2.0)[:, None] + np.zeros((2, 500)), 0.0, id="apart"),
        pytest.param(np.cumsum(np.ones((2, 500)), axis=1), 0.0, id="drifting"),
        pytest.param(np.zeros((2, 500)), 0.1, id="divergent"),
    ],
)
def test_poor_chains_are_refused(chains, divergent_share):
    noise = np.random.default_rng(0).standard_normal((2, 500))
    assert check_chains({"trial_sd": noise}, 0.0, HarmEffort()).ess > 100
    with pytest.raises(FitFailed, match=r"did not converge: R-hat .* nothing was written"):
        check_chains({"trial_sd": chains + 1e-3 * noise}, divergent_share, HarmEffort())


@pytest.mark.slow
def test_a_known_truth_is_found_again():
    """24 numbers of a made-up world: 90 % intervals miss at most six (chance below 1 in 100)."""
    counts, background, excess = made_up(np.random.default_rng(3))
    effort = HarmEffort(chains=2, warm_up=400, draws=400, least_ess=50.0, target_accept=0.95)
    fit, _ = fit_counts(counts, {}, effort=effort)
    doubt = []
    for (term, product), true in excess.items():
        row = fit.estimates[(term, "cervical_dystonia", product)]
        moved = row.slope * np.log2(fit.usual_dose_u[("cervical_dystonia", product)])
        moved -= row.slope * np.log2(PRODUCTS[product])
        doubt.append(abs(row.excess_logit - moved - true) / row.excess_sd)
        if product == next(iter(PRODUCTS)):
            doubt.append(abs(row.background_logit - background[term]) / row.background_sd)
    assert len(doubt) == 24
    assert np.sum(np.array(doubt) > 1.645) <= 6
    slopes = [e.slope for e in fit.estimates.values() if e.product]
    assert np.median(slopes) == pytest.approx(SLOPE, abs=0.2)
    assert fit.scatter.trial_sd == pytest.approx(SPREAD["trial"], abs=0.25)


@pytest.mark.slow
def test_trials_left_out_are_predicted():
    """Two of the larger trials of the neck, from a fit without them, trial by trial."""
    # means settle sooner than the stored tables: shorter chains, checked less strictly
    effort = HarmEffort(1, 400, 400, 10.0, 1.2, 0.02, target_accept=0.95)
    counts = trial_counts(trial_figures()) + label_counts()
    predictions = []
    for trial in ("DYSPORT_LABEL_CD_POOL", "COMELLA2011"):
        figures = tuple(f for f in trial_figures() if f.trial_id == trial and is_harm(f))
        published = {(f.source, f.indication) for f in figures}
        others = tuple(
            c for c in counts if c.trial != trial and (c.source, c.indication) not in published
        )
        fit, _ = fit_counts(others, {}, effort=effort)
        predictions += predict_harms(figures, fit)[0]
    assert len(predictions) > 25
    assert np.mean([p.inside for p in predictions]) >= 0.85
    assert np.mean([abs(p.predicted - p.figure.value) for p in predictions]) <= 7.0
