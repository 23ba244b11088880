"""Runs published designs as virtual trials and writes docs/published-trials.md."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from endplate._version import __version__
from endplate.facts.table import facts_hash
from endplate.trials.analysis import Tally, hypotheses
from endplate.trials.design import EndpointTable, VisitsTable
from endplate.trials.faults import MOST_ENDPOINTS
from endplate.trials.parts import Part
from endplate.trials.prepare import prepare
from endplate.trials.published import PublishedTrial, published_trials
from endplate.trials.tasks import Setup, part_of

PAGE = Path(__file__).parents[1] / "docs" / "published-trials.md"
TOLD = """\
# Published designs, run as virtual trials

Made by `python scripts/published_trials.py --replicates {replicates}` with endplate {version}, \
facts {facts}.

Each design is a trial of the shared table: its arms and doses, its numbers of people, its visits. \
It is run {replicates} times; every replicate draws the fitted parameters anew and differs from \
the next as fitted trials of one dose differ. The interval holds nine in ten replicates of the \
difference to placebo; half a point is granted for the rounding of printed percents. \
The parameters were fitted to these trials among others, so this shows how \
well a design is reproduced, not how well a new trial is forecast. Of the visits of other trials \
of the use, which are run beside, nothing is read.

A star marks a published figure that was not checked in its source.

**{inside} of {figures} published differences lie inside the interval; in {whole} of {trials} \
trials all of them, in {first} the first.** Those outside:

"""


def with_shared_visits(trials: list[PublishedTrial]) -> list[PublishedTrial]:
    """Trials of one use with the visits and endpoints of all of them, which share compiled code."""
    days = sorted({day for trial in trials for day in trial.design.visits.days})
    codes = list(dict.fromkeys(e.code for trial in trials for e in trial.design.endpoints))
    shared = []
    for trial in trials:
        own = {(e.code, e.day): e for e in trial.design.endpoints}
        known = {code for code, _ in own}
        more = [EndpointTable(c, days[0], "observed") for c in codes if c not in known]
        # codes in one order for all: it is what is compiled
        first = [
            next((e for e in own.values() if e.code == code), None)
            or next(e for e in more if e.code == code)
            for code in codes
        ][:MOST_ENDPOINTS]
        rest = [e for e in own.values() if e not in first]
        endpoints = (*first, *rest)[:MOST_ENDPOINTS]
        design = replace(trial.design, visits=VisitsTable(days=tuple(days)), endpoints=endpoints)
        shared.append(replace(trial, design=design))
    return shared


def reproduced(trial: PublishedTrial, replicates: int) -> list[dict]:
    """Every published difference beside the interval of the replicates."""
    design = replace(
        trial.design,
        trial=replace(
            trial.design.trial,
            replicates=float(replicates),
            parameter_uncertainty=True,
            between_trials=True,
        ),
    )
    prepared = prepare(design.dumps())
    setup = Setup.of(
        design,
        tuple(prepared["strata"]),
        tuple(tuple(row) for row in prepared["harm_shares"]),
        prepared["spreads"],
    )
    tally = Tally(design, setup.layout)
    for task in setup.layout.tasks:
        tally.add(Part(*stored(part_of(setup, task))))
    control = design.control
    active = [i for i in range(len(design.arms)) if i != control]
    rows = []
    for one in hypotheses(tally, active, control):
        scale = 100.0 if one.tested.kind == "responder" else 1.0
        for printed in trial.differences:
            same = (printed.endpoint, printed.day, printed.arm) == (
                one.tested.table.code, one.tested.table.day, design.arms[one.arm].name,
            )  # fmt: skip
            if same:
                plain = scale * (one.arm_value - one.control_value)
                low, middle, high = np.percentile(plain, [5, 50, 95])
                rows.append(
                    {
                        "printed": printed,
                        "low": low,
                        "middle": middle,
                        "high": high,
                        "inside": low - 0.5 <= printed.value <= high + 0.5
                        if scale == 100.0
                        else low <= printed.value <= high,
                        "unit": "points" if scale == 100.0 else "",
                    }
                )
    return rows


def stored(part: Part) -> list:
    """A part as it would be read from its file."""
    return [part.arm, *(getattr(part, name) for name in Part._fields[1:])]


def table(rows: list[tuple[PublishedTrial, dict]]) -> list[str]:
    """Rows of the page."""
    lines = [
        "| trial | use | people | endpoint, day | arm | published | replicates | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for trial, row in rows:
        p = row["printed"]
        star = "" if p.verified else "*"
        verdict = "inside" if row["inside"] else "**outside**"
        lines.append(
            f"| {trial.trial_id} | {trial.indication} | {trial.people} | {p.endpoint}, {p.day:g} "
            f"| {p.arm} | {p.value:+.3g}{star} | {row['middle']:+.3g} ({row['low']:+.3g} to "
            f"{row['high']:+.3g}) | {verdict} |"
        )
    return lines


def main() -> int:
    """Run the designs and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicates", type=int, default=100)
    parser.add_argument("--indication", action="append", help="only this use; may be repeated")
    options = parser.parse_args()
    by_use: dict[str, list[PublishedTrial]] = {}
    for trial in published_trials():
        if (trial.differences and options.indication in (None, [])) or (
            options.indication and trial.indication in options.indication
        ):
            by_use.setdefault(trial.indication, []).append(trial)
    every: list[tuple[PublishedTrial, dict]] = []
    skipped: list[str] = []
    for trials in by_use.values():
        for trial in with_shared_visits(trials):
            rows = reproduced(trial, options.replicates)
            every += [(trial, row) for row in rows]
            inside = sum(row["inside"] for row in rows)
            print(f"{trial.trial_id}: {inside} of {len(rows)}", file=sys.stderr, flush=True)
            if not rows:
                skipped.append(trial.trial_id)
            write(every, options.replicates)
    return 0


def write(every: list[tuple[PublishedTrial, dict]], replicates: int) -> None:
    """Write the page with what is there so far."""
    ids = list(dict.fromkeys(trial.trial_id for trial, _ in every))
    verdicts = {one: [r["inside"] for t, r in every if t.trial_id == one] for one in ids}
    head = TOLD.format(
        replicates=replicates,
        version=__version__,
        facts=facts_hash(),
        inside=sum(row["inside"] for _, row in every),
        figures=len(every),
        whole=sum(all(v) for v in verdicts.values()),
        first=sum(v[0] for v in verdicts.values()),
        trials=len(ids),
    )
    outside = [(trial, row) for trial, row in every if not row["inside"]]
    lines = [*table(outside), "", "## Every figure", "", *table(every)]
    PAGE.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
