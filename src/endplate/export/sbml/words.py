"""The words of an exported model: what it is, and what each number rests on."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tomllib import loads
from typing import Any

from endplate._version import __version__
from endplate.facts.parameters import fit_rows, parameter
from endplate.facts.sources import source
from endplate.facts.table import facts_hash
from endplate.forecast.individual import Individual
from endplate.model.parameters import persistence_index

_QUANTITIES = Path(__file__).with_name("quantities.toml")


@cache
def rows_of_quantity() -> Mapping[str, Mapping[str, Any]]:
    """What the model says of each rate and margin, by its field in `Kinetics`."""
    return loads(_QUANTITIES.read_text(encoding="utf-8"))


def basis(rows: Sequence[str]) -> tuple[str, ...]:
    """One sentence per facts row on where a number comes from."""
    fitted = {row.id: row for row in fit_rows()}
    return tuple(
        f"{name}: fitted to published trials. {fitted[name].note}"
        if name in fitted
        else _fixed(name)
        for name in rows
    )


def persistence_rows(product: str, tissue: str, muscles: str) -> list[str]:
    """Rows behind the half-life of a product's light chain in a tissue."""
    rows = fit_rows()
    of_product = persistence_index(product, muscles)
    known = {row.id for row in rows}
    ratios = (f"persistence_ratio:{tissue}", f"persistence_ratio:{muscles}")
    return [
        "persistence_d",
        *([rows[of_product].id] if of_product >= 0 else []),
        *(name for name in ratios if name in known),
        "persistence_log_sd",
    ]


def _fixed(name: str) -> str:
    row = parameter(name)
    said = "source read" if row.verified else "not checked in its source"
    where = f", {row.locator}" if row.locator else ""
    known = source(row.source)
    link = f" {known.link}" if known.link else ""
    return f"{name}: {row.kind}; {known.title}{link}{where} ({said}). {row.note}"


def model_notes(subject: Individual, plan_name: str) -> tuple[str, ...]:
    """What the model is, how its time runs, what it was made from, and what it is not."""
    first = min(given.day for given in subject.given)
    who = "The middle person" if subject.person is None else f"Virtual person {subject.person}"
    injections = "; ".join(
        f"{number}: {given.dose_u:g} U of {given.product} at time {given.day - first:g}"
        for number, given in enumerate(subject.given, 1)
    )
    return (
        f"{who} of seed {subject.seed}, plan {plan_name}: from the injected "
        "toxin to the nerve endings that still work in each treated muscle, gland or wall, and the "
        "force of muscles. Endings lie in the cells of a field; cells that act alike are followed "
        "once, and a muscle is the weighted sum of those.",
        f"Time is in days from the first injection. Injections: {injections}. Units belong to the "
        "product; the loads of the cells are dimensionless.",
        "A working fraction is a state whose slope is that of the normal "
        "distribution function, which SBML does not have.",
        "The model leaves out the fatigue of release by earlier blocks, which a forecast of "
        "repeated treatments has.",
        f"Made by endplate {__version__} from the facts {facts_hash()}.",
        "For education and research. It is no medical device and recommends no dose.",
    )
