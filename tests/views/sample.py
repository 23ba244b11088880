"""A result of realistic size and figures, made by a few formulas and no simulator."""

import math
from typing import Any

from endplate.results.result import Result

DAYS = 365
BAND = {"p05": -1.64, "p25": -0.67, "median": 0.0, "p75": 0.67, "p95": 1.64}


def _effect(day: int, shift: float) -> float:
    """Share of the largest effect at one day for a person `shift` deviations from the middle."""
    rise = 1 / (1 + math.exp(-(day - 4 + shift) / 1.3)) if day > 0 else 0.0
    half_life_d = 118 * math.exp(0.3 * shift)
    return rise / (1 + (day / half_life_d) ** 4)


def _series(name: str, unit: str, start: float, fall: float, spread: float) -> dict[str, Any]:
    quantiles = {}
    for key, shift in BAND.items():
        lean = -shift if unit == "grade" or name.startswith("working") else shift
        quantiles[key] = [
            max(0.0, start + spread * shift * (day > 0) - fall * _effect(day, lean))
            for day in range(DAYS + 1)
        ]
    return {"name": name, "unit": unit, **quantiles}


def _course(indication: str) -> list[dict[str, Any]]:
    placebo = _series(f"severity_placebo:{indication}", "grade", 2.7, 0.15, 0.2)
    return [
        _series(f"severity_contraction:{indication}", "grade", 2.7, 2.1, 0.22),
        _series(f"severity_rest:{indication}", "grade", 1.3, 0.7, 0.25),
        placebo,
        _series("working_fraction:corrugator_supercilii:left", "1", 1.0, 0.84, 0.03),
        _series("working_fraction:corrugator_supercilii:right", "1", 1.0, 0.83, 0.03),
        _series("working_fraction:procerus:midline", "1", 1.0, 0.78, 0.03),
    ]


def timing() -> dict[str, Any]:
    return {
        "onset_d": {
            "median": 3.4,
            "p05": 1.2,
            "p25": 2.4,
            "p75": 5.1,
            "p95": 8.8,
            "definition": "first day with one grade less at maximum frown",
        },
        "peak_d": {
            "median": 26.0,
            "p05": 14.0,
            "p25": 21.0,
            "p75": 33.0,
            "p95": 45.0,
            "definition": "day of the least severity at maximum frown",
        },
        "duration_d": {
            "median": 121.0,
            "p05": 62.0,
            "p25": 95.0,
            "p75": 152.0,
            "p95": 214.0,
            "definition": "day on which the last grade of improvement is lost",
        },
    }


def _trial(name: str, value: float, n: int, dose_u: float = 20, verified: bool = True) -> dict:
    return {
        "trial_id": name,
        "arm": f"{dose_u:g}U" if dose_u else "placebo",
        "dose_u": float(dose_u),
        "n": n,
        "day": 30,
        "value": value,
        "verified": verified,
        "source": "carruthers_2003",
    }


def _outcome(endpoint: str, day: int, figures: tuple[float, ...], trials: list[dict]) -> dict:
    value, low, high, placebo = figures
    return {
        "indication": "glabellar_lines",
        "endpoint": endpoint,
        "day": day,
        "value": value,
        "low": low,
        "high": high,
        "unit": "%",
        "origin": "model",
        "placebo": placebo,
        "trials": [{**t, "day": day} for t in trials],
    }


def outcomes() -> list[dict[str, Any]]:
    return [
        _outcome(
            "inv_none_mild",
            7,
            (71.4, 60.2, 81.0, 3.1),
            [_trial("BOTOX-GL-1+2-pooled", 74, 404, verified=False)],
        ),
        _outcome(
            "inv_none_mild",
            30,
            (81.2, 71.5, 89.6, 3.4),
            [
                _trial("BOTOX-GL-1+2-pooled", 80, 405, verified=False),
                _trial("BOTOX-GL-II", 77, 202),
                _trial("EVB-003", 82.8, 246),
                _trial("BOTOX-GL-1+2-pooled", 3, 132, dose_u=0, verified=False),
            ],
        ),
        _outcome(
            "inv_none_mild",
            120,
            (27.3, 16.0, 40.2, 2.2),
            [_trial("BOTOX-GL-1+2-pooled", 25, 403, verified=False)],
        ),
        _outcome("both_ge2", 30, (53.0, 38.4, 67.7, 0.4), []),
        _outcome("rest_none", 30, (55.1, 38.9, 70.3, 12.0), [_trial("BOTOX-GL-rest", 68, 183)]),
    ]


def _harm(term: str, kind: str, figures: tuple, when: tuple, **more: Any) -> dict[str, Any]:
    percent, low, high, background = figures
    return {
        "term": term,
        "percent": percent,
        "low": low,
        "high": high,
        "background_percent": background,
        "start_d": when[0],
        "length_d": when[1],
        "kind": kind,
        "origin": more.get("origin", "label"),
        "verified": more.get("verified", False),
        "note": more.get("note", ""),
        "source": "ona_cosmetic_pi",
    }


def harms() -> list[dict[str, Any]]:
    return [
        _harm("injection_site_bruising", "needle", (6.2, 3.0, 11.0, 5.1), (0.0, 7.0)),
        _harm("injection_site_pain", "needle", (3.1, 1.0, 7.0, 3.0), (0.0, 2.0)),
        _harm("headache", "systemic", (9.4, 6.0, 14.0, 8.7), (1.0, 4.0), verified=True),
        _harm(
            "eyelid_ptosis",
            "neighbour",
            (2.8, 1.2, 5.4, 0.0),
            (6.0, 24.0),
            origin="model",
            note="set to the label at label dose and sites",
        ),
        _harm("brow_ptosis", "neighbour", (1.2, 0.3, 3.1, 0.0), (5.0, 30.0), origin="model"),
        _harm("antibodies", "antibody", (0.3, 0.0, 1.0, 0.0), (60.0, 400.0), origin="trial"),
    ]


def findings(stop: bool = False) -> list[dict[str, Any]]:
    found = [
        {
            "rule": "interaction_antiplatelet",
            "level": "note",
            "title": "Aspirin raises the chance of a bruise",
            "reason": "The patient takes aspirin, which slows clotting; bruises are more likely.",
            "value": "aspirin",
            "limit": None,
            "unit": None,
            "source": "ona_cosmetic_pi",
            "locator": "section 7",
            "verified": False,
        },
        {
            "rule": "dose_total",
            "level": "caution",
            "title": "Total dose is above the label's 20 U",
            "reason": "The label gives 20 U for glabellar lines; the plan gives 24 U.",
            "value": 24.0,
            "limit": 20.0,
            "unit": "U",
            "source": "ona_cosmetic_pi",
            "locator": "section 2.3",
            "verified": True,
        },
        {
            "rule": "allergies_unknown",
            "level": "unknown",
            "title": "Allergies are not stated",
            "reason": "The plan does not say whether allergies were asked about.",
            "value": None,
            "limit": None,
            "unit": None,
            "source": "ona_cosmetic_pi",
            "locator": "section 4",
            "verified": True,
        },
    ]
    if stop:
        found.append(
            {
                "rule": "infection_at_site",
                "level": "stop",
                "title": "Infection at the injection site",
                "reason": "The label forbids injection through infected skin.",
                "value": "infection_at_site",
                "limit": None,
                "unit": None,
                "source": "ona_cosmetic_pi",
                "locator": "section 4",
                "verified": True,
            }
        )
    return found


def _site(muscle: str, side: str, at_mm: tuple[float, float, float]) -> dict[str, Any]:
    x_mm, y_mm, z_mm = at_mm
    return {
        "indication": "glabellar_lines",
        "muscle": muscle,
        "side": side,
        "dose_u": 4.0,
        "volume_ml": 0.1,
        "x_mm": x_mm,
        "y_mm": y_mm,
        "z_mm": z_mm,
        "origin": "label",
    }


def plan() -> dict[str, Any]:
    return {
        "product": "onabotulinumtoxinA",
        "indications": ["glabellar_lines"],
        "region": "US",
        "dose_u": 20.0,
        "date": "2026-11-22",
        "vial_u": 100.0,
        "diluent_ml": 2.5,
        "patient": {
            "age_y": 46,
            "sex": "female",
            "weight_kg": 64.0,
            "baseline": {"glabellar_lines": 3},
        },
        "previous": [
            {
                "date": "2026-06-01",
                "product": "onabotulinumtoxinA",
                "indication": "glabellar_lines",
                "dose_u": 20.0,
            }
        ],
        "sites": [
            _site("procerus", "midline", (0, -3, 3.8)),
            _site("corrugator_supercilii", "left", (12, 4, 5)),
            _site("corrugator_supercilii", "right", (-12, 4, 5)),
            _site("corrugator_supercilii", "left", (27, 11, 4.5)),
            _site("corrugator_supercilii", "right", (-27, 11, 4.5)),
        ],
    }


SPREAD = (
    ("procerus", "midline", 0.17),
    ("corrugator_supercilii", "left", 0.27),
    ("corrugator_supercilii", "right", 0.27),
    ("frontalis", "left", 0.05),
    ("frontalis", "right", 0.05),
    ("orbicularis_oculi", "left", 0.03),
    ("orbicularis_oculi", "right", 0.03),
    ("depressor_supercilii", "left", 0.02),
    ("depressor_supercilii", "right", 0.02),
    ("levator_palpebrae_superioris", "left", 0.0005),
    ("levator_palpebrae_superioris", "right", 0.0005),
    ("elsewhere", "midline", 0.089),
)
REACH = (
    ("procerus", "midline", 0.78),
    ("corrugator_supercilii", "left", 0.84),
    ("corrugator_supercilii", "right", 0.83),
    ("frontalis", "left", 0.21),
    ("frontalis", "right", 0.2),
    ("orbicularis_oculi", "left", 0.12),
    ("orbicularis_oculi", "right", 0.11),
    ("depressor_supercilii", "left", 0.46),
    ("depressor_supercilii", "right", 0.45),
    ("levator_palpebrae_superioris", "left", 0.01),
    ("levator_palpebrae_superioris", "right", 0.01),
)


def read(document: dict[str, Any]) -> Result:
    """The result that a document holds, as views take it."""
    return Result.from_dict(document)


def result(stop: bool = False) -> dict[str, Any]:
    """The document of a whole result, a fresh copy at each call."""
    return {
        "provenance": {
            "version": "0.1.0",
            "facts_hash": "0123456789abcdef",
            "seed": 1,
            "people": 2000,
            "days": DAYS,
            "command": "endplate simulate plan.toml --people 2000 --seed 1",
        },
        "plan": plan(),
        "findings": findings(stop),
        "timing": timing(),
        "timing_by_indication": {"glabellar_lines": timing()},
        "outcomes": outcomes(),
        "harms": harms(),
        "course": {"day": list(range(DAYS + 1)), "series": _course("glabellar_lines")},
        "spread": [{"muscle": m, "side": s, "fraction": f} for m, s, f in SPREAD],
        "reach": [{"muscle": m, "side": s, "peak_block": b} for m, s, b in REACH],
        "limits": [
            "Depth of the needle and the exact shape of the muscles of this person are not known.",
            "Figures at rest stand on one trial of 183 people.",
        ],
    }
