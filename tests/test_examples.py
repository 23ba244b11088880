"""The scripts of examples/ run, and show what their text claims."""

import runpy
from types import SimpleNamespace

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib")


@pytest.fixture
def example(root, monkeypatch):
    """Runs a script of examples/; what it holds at its end, its pictures included."""
    matplotlib.use("agg")
    from matplotlib import pyplot

    shown = []
    monkeypatch.setattr(pyplot, "show", lambda: shown.append(len(pyplot.get_fignums())))

    def run(name):
        try:
            held = runpy.run_path(str(root / "examples" / f"{name}.py"))
        finally:
            pyplot.close("all")
        return SimpleNamespace(**held, shown=shown)

    return run


def test_every_example_is_run(root):
    """A script without a test of its figures is none of ours."""
    from pathlib import Path

    text = Path(__file__).read_text(encoding="utf-8")
    names = [f"{path.parent.name}/{path.stem}" for path in root.glob("examples/*/*.py")]
    assert len(names) >= 11
    assert [name for name in names if f'example("{name}")' not in text] == []


def test_a_first_forecast(example, capsys):
    held = example("tutorials/plot_1_first_forecast")
    assert held.checked.level == "unknown"
    assert 1 <= held.timing.onset_d.median <= 4
    assert 20 <= held.timing.peak_d.median <= 45
    # 20 U: published medians of about 20 weeks
    assert 110 <= held.worn_off.median <= 190
    assert held.worn_off.low < held.worn_off.median < held.worn_off.high
    assert held.shown == [1]
    assert "eyelid_ptosis" in capsys.readouterr().out


def test_a_doubling_buys_time_and_ever_less_depth(example):
    held = example("tutorials/plot_2_doses")
    low, label, high = (held.duration_d[dose_u] for dose_u in (10, 20, 40))
    # a doubling of the load buys about one half-life of the light chain, 34 d
    assert 15 < label - low < 55
    assert 15 < high - label < 55
    assert held.least[10] - held.least[20] > held.least[20] - held.least[40] > 0
    assert held.ptosis[10] < held.ptosis[20] < held.ptosis[40]


def test_a_drop_and_a_millimetre_matter(example):
    held = example("tutorials/plot_3_drop_and_millimetre")
    assert (np.diff(held.along_mm) > 0).all()
    assert (held.along_mm > held.across_mm).all()
    assert held.ptosis["label"] < held.ptosis["2 mm lower"] < held.ptosis["5 mm lower"]
    assert held.ptosis["4 times the volume"] > held.ptosis["label"]


def test_evidence_of_a_product(example):
    held = example("tutorials/plot_4_evidence")
    assert len(held.rows) > 100
    assert 0.85 <= held.inside <= 1
    assert 3 < held.mean_error < 10
    assert not any(row.inside for row in held.misses)


def test_nothing_recovers_under_the_published_uptake(example):
    held = example("how-to/plot_1_rival_uptake")
    default, rival = (forecast.series(held.PROCERUS).median for forecast in held.forecasts.values())
    assert min(default) < 0.05
    assert default[-1] > 0.9
    assert max(rival[60:]) < 0.01


def test_own_figures_move_the_model_towards_them(example):
    held = example("how-to/plot_2_own_data")
    assert 5 < held.effective < 100
    before = np.abs(held.predicted.mean(0) - held.published)
    after = np.abs(held.weighed - held.published)
    assert after.sum() < before.sum()
    assert held.after < held.before  # what wears off sooner


def test_a_policy_over_years(example):
    held = example("how-to/plot_3_repeated_treatment")
    assert held.last_day["every 12 weeks"] == 3 * 84
    assert held.last_day["when 80 % is lost"] > 3 * 84

    def left(name):
        rows = held.forecasts[name].cycles.rows
        return [row.benefit_before_next.median / row.peak_benefit.median for row in rows]

    assert min(left("every 12 weeks")) > 0.5
    assert max(left("when 80 % is lost")) < 0.25


@pytest.mark.slow  # its workers compile for themselves; tests/trials holds the same figures
def test_a_virtual_trial_has_power(example):
    held = example("how-to/plot_4_virtual_trial")
    responders, *_ = held.summary["endpoints"]
    assert responders["endpoint"] == "inv_none_mild"
    assert responders["power"] > 60
    assert 0 <= responders["power_se"] < 7
    assert held.visits["USUBJID"].n_unique() == 12 * 60
    grades = held.means["INVGRADE_mean"]
    assert grades.sel(arm="20 U", day=30) < grades.sel(arm="placebo", day=30) - 1


def test_two_people_are_told_apart(example):
    held = example("how-to/plot_5_personalise")
    much, little = (held.told[name] for name in held.SCORES)
    assert much["posterior"]["reach"]["median"] > little["posterior"]["reach"]["median"] + 0.5
    assert much["wears_off_d"]["median"] > little["wears_off_d"]["median"]
    for one in (much, little):
        assert one["next_treatment"]["come_back_d"] >= 84


def test_another_simulator_agrees(example):
    held = example("how-to/plot_6_sbml")
    assert held.apart < 1e-5
    assert len(held.ours) == 181
    assert held.working
    assert held.ours[:, held.working].min() < 0.5  # nothing blocked would compare nothing


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_pharmpy_reads_the_table(example):
    held = example("how-to/plot_7_nonmem")
    assert len(held.doses) == 12
    assert held.doses.to_numpy() == pytest.approx(20.0, rel=1e-4)
    assert set(held.observed["TIME"]) == {7.0, 30.0, 60.0, 90.0, 120.0}
    assert held.observed["MDV"].eq(0).all()
    assert held.observed["DV"].between(0, 3).all()
