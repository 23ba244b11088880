"""Who got a lot, within a second at a hundred thousand treatments."""

import time
from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from clinic_cases import PRODUCT, Clinic
from endplate.clinic.reports import recall
from endplate.clinic.store.tables import (
    patients,
    subjects,
    treatment_sites,
    treatments,
    vials,
)

PATIENTS, LOTS = 20_000, 500
STAMP = {"recorded_at": "2026-01-01T00:00:00.000Z", "recorded_by": "test"}


def fill(clinic: Clinic, count: int) -> None:
    """So many signed-looking treatments of two sites, spread over lots and patients."""
    start = date(2020, 1, 1)
    people = min(PATIENTS, count)
    with clinic.database.writing("test") as tx:
        add = tx.connection.execute
        add(insert(subjects), [{"id": f"s{n}", **STAMP} for n in range(people)])
        add(
            insert(patients),
            [
                {"subject_id": f"s{n}", "family_name": f"F{n}", "given_name": "G",
                 "birth_date": start, "record_number": f"N{n}", "sex": None,
                 "supersedes": None, **STAMP}
                for n in range(people)
            ],
        )  # fmt: skip
        add(
            insert(vials),
            [
                {"product": PRODUCT, "form": "powder", "lot": f"LOT{n}", "expires_on": start,
                 "content_milliunits": 100_000, "left_milliunits": 0, "state": "empty", **STAMP}
                for n in range(LOTS)
            ],
        )  # fmt: skip
        first = 1000
        add(
            insert(treatments),
            [
                {"id": first + n, "subject_id": f"s{n % people}", "plan_id": clinic.plan_id,
                 "indications": "glabellar_lines", "product": PRODUCT, "region": "US",
                 "injector": "ines", "supervised": False,
                 "treated_on": start + timedelta(days=n % 2000), "supersedes": None, **STAMP}
                for n in range(count)
            ],
        )  # fmt: skip
        vial = 3  # those of the clinic come first
        add(
            insert(treatment_sites),
            [
                {"treatment_id": first + n, "planned_site": site, "vial_id": vial + 1 + n % LOTS,
                 "indication": "glabellar_lines", "muscle": "procerus", "side": "midline",
                 "dose_milliunits": 4000, "volume_ul": 100, "depth_mm": None, "guidance": None,
                 "note": None, "supersedes": None, **STAMP}
                for n in range(count) for site in range(2)
            ],
        )  # fmt: skip


def recalled_in(clinic: Clinic, count: int) -> float:
    fill(clinic, count)
    started = time.perf_counter()
    with clinic.database.writing("otto") as tx:
        found = recall(tx, "LOT7")
    took = time.perf_counter() - started
    assert len(found.treatments) == count // LOTS
    assert {one.dose_u for one in found.treatments} == {8.0}
    days = [one.treated_on for one in found.treatments]
    assert days == sorted(days, reverse=True)
    return took


def test_a_lot_is_found_among_others(clinic):
    recalled_in(clinic, 1000)


@pytest.mark.slow
def test_a_lot_is_found_within_a_second(clinic):
    took = recalled_in(clinic, 100_000)
    print(f"recall among 100,000 treatments: {1000 * took:.0f} ms")
    assert took < 1.0
