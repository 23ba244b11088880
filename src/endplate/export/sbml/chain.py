r"""What the exported model holds: the chain of each injection, SNAP-25 in each cell, the muscles.

SBML has no normal distribution function. The share of a cell's endings that is silenced is
therefore a state of its own, moved by the exact slope of :math:`\Phi(x)` with
:math:`x = (\ln m + n \ln P)/\sigma`:

.. math:: \frac{d\Phi}{dt} = \varphi(x)\, \frac{n}{\sigma P} \frac{dP}{dt}

The light chain of an injection is one for all cells, and cells that act alike are followed once
(`groups.py`): a model of 31 sites has some forty cells, not thirteen hundred.

Everything that differs between tissues carries the tissue in its id: `decay_muscle`.
"""

from math import log, pi, sqrt

from endplate.engine.anatomy import NOCICEPTOR
from endplate.export.sbml.draft import SbmlDraft
from endplate.export.sbml.groups import cell_groups, untreated_share
from endplate.export.sbml.words import basis, persistence_rows, rows_of_quantity
from endplate.forecast.individual import GivenDose, Individual, TreatedTissue
from endplate.model.spread import Block

_STEPS = ("bulk", "free", "bound", "translocated", "light_chain")
_WAY = ("release", "binding", "translocation", "activation")


def add_person(draft: SbmlDraft, subject: Individual) -> None:
    """Add everything of one person to an empty model."""
    draft.function(
        "normal_density",
        ("x",),
        f"exp(-(x * x) / 2 dimensionless) / {sqrt(2 * pi)!r} dimensionless",
    )
    first_d = min(given.day for given in subject.given)
    tissues = {part.tissue: part for part in subject.parts}
    for tissue, part in tissues.items():
        add_rates(draft, part, subject.given[0].product)
        for number, given in enumerate(subject.given, 1):
            add_chain(draft, tissue, number, given, given.day - first_d)
    for number, given in enumerate(subject.given, 1):
        if given.day > first_d:
            add_day(draft, number, given.day - first_d, tuple(tissues))
    for number, (part, blocks) in enumerate(
        zip(subject.parts, block_names(subject), strict=True), 1
    ):
        add_part(draft, part, f"{part.tissue}_{number}", blocks)


def add_rates(draft: SbmlDraft, part: TreatedTissue, product: str) -> None:
    """Add the rates and margins of the person in one tissue."""
    tissue = part.tissue
    for field, row in rows_of_quantity().items():
        if row.get("muscle_alone") and not part.wastes:
            continue
        name, says = f"{row['id']}_{tissue}", f"{row['name']}, {tissue}"
        number = float(getattr(part.kinetics, field))
        draft.parameter(name, number, row["unit"], says, row["sbo"], basis(row["rows"]))
    draft.parameter(
        f"untreated_{tissue}", untreated_share(part), "dimensionless",
        f"share of endings that work without toxin, {tissue}",
    )  # fmt: skip
    half_life_d = float(part.kinetics.persistence_d)
    draft.parameter(
        f"persistence_{tissue}", half_life_d, "day", f"half-life of the light chain, {tissue}",
        332, basis(persistence_rows(product, tissue, part.muscles)),
    )  # fmt: skip
    draft.parameter(
        f"decay_{tissue}", log(2) / half_life_d, "per_day", f"decay of the light chain, {tissue}",
        356,
    )  # fmt: skip


def add_chain(draft: SbmlDraft, tissue: str, number: int, given: GivenDose, start_d: float) -> None:
    """Add the chain of one injection day in one tissue, from the bulk to the light chain."""
    names = {step: f"{step}_{tissue}_{number}" for step in _STEPS}
    text = f"{given.dose_u:g} U of {given.product} on day {given.day:g} after the planned treatment"
    for step, name in names.items():
        amount = 1.0 if step == "bulk" and start_d == 0 else 0.0
        draft.species(name, amount, f"{step.replace('_', ' ')} toxin, {tissue}: {text}", 245)
    for rate, source, product in zip(_WAY, _STEPS, _STEPS[1:], strict=False):
        draft.reaction(
            f"{rate}_{tissue}_{number}", names[source], names[product], f"{rate}_{tissue}", 176
        )
    for step in ("bulk", "free"):
        name = names[step]
        draft.reaction(f"clearance_of_{name}", name, None, f"clearance_{tissue}", 179)
    name = names["light_chain"]
    draft.reaction(f"decay_of_{name}", name, None, f"decay_{tissue}", 179)


def add_day(draft: SbmlDraft, number: int, start_d: float, tissues: tuple[str, ...]) -> None:
    """Add the event of a later injection."""
    day = f"injection_day_{number}"
    draft.parameter(day, start_d, "day", "day of the injection in this model's time")
    bulks = {f"bulk_{tissue}_{number}": "1 dimensionless" for tissue in tissues}
    draft.event(f"injection_{number}", f"time >= {day}", bulks)


def add_part(draft: SbmlDraft, part: TreatedTissue, name: str, blocks: list[str]) -> None:
    """Add the cells of one tissue of a chart, and what its blocks take of them."""
    groups = cell_groups(part)
    for place, loads in enumerate(groups.load.T, 1):
        add_cell(draft, part.tissue, f"{name}_{place}", f"cell {place} of {name}", list(loads))
    for block, weights in zip(blocks, groups.weight, strict=True):
        plain = block.replace("_", " ")
        working = f"working_{block}"
        says = f"share of endings of {plain} that work"
        draft.parameter(working, None, "dimensionless", says, constant=False)
        silenced = (
            f"{float(weight)!r} dimensionless * silenced_{name}_{place}"
            for place, weight in enumerate(weights, 1)
        )
        draft.assignment_rule(working, f"untreated_{part.tissue} - ({' + '.join(silenced)})")
        if part.wastes:
            add_force(draft, part.tissue, block, plain)


def add_cell(draft: SbmlDraft, tissue: str, name: str, says: str, loads: list[float]) -> None:
    """Add intact SNAP-25 in one cell, cut by the light chains of all injections."""
    cutting = []
    for number, load in enumerate(loads, 1):
        draft.parameter(
            f"load_{name}_{number}", load, "dimensionless",
            f"cutting rate over renewal rate in {says}, for all of injection {number}",
        )  # fmt: skip
        cutting.append(f"load_{name}_{number} * light_chain_{tissue}_{number}")
    intact, silenced = f"intact_{name}", f"silenced_{name}"
    for variable, start, text in (
        (intact, 1.0, f"SNAP-25 intact in {says}"),
        (silenced, 0.0, f"share of endings that are silenced in {says}"),
    ):
        draft.parameter(variable, start, "dimensionless", text, constant=False)
    renewal, power = f"renewal_{tissue}", f"snare_power_{tissue}"
    median, sd = f"log_margin_median_{tissue}", f"log_margin_sd_{tissue}"
    cut = f"({' + '.join(cutting)}) * {intact}"
    slope = f"{renewal} * (1 dimensionless - {intact} - {cut})"
    draft.rate_rule(intact, slope)
    draft.rate_rule(
        silenced,
        f"-normal_density(({median} + {power} * ln({intact})) / {sd}) * {power} / {sd}"
        f" * {slope} / {intact}",
    )


def add_force(draft: SbmlDraft, tissue: str, name: str, plain: str) -> None:
    """Add the atrophy of a muscle and its force."""
    working, lost, force = f"working_{name}", f"lost_{name}", f"force_{name}"
    for variable, start, says in (
        (lost, 0.0, f"share of the cross-section of {plain} lost"),
        (force, None, f"force of {plain}, as a share of the force before treatment"),
    ):
        draft.parameter(variable, start, "dimensionless", says, constant=False)
    draft.rate_rule(
        lost,
        f"wasting_{tissue} * (1 dimensionless - {working}) * (most_lost_{tissue} - {lost})"
        f" - regrowth_{tissue} * {working} * {lost}",
    )
    draft.assignment_rule(force, f"{working} * (1 dimensionless - {lost})")


def block_names(subject: Individual) -> list[list[str]]:
    """Ids of the blocks of every part; the chart stands behind a name that two charts share."""
    used: set[str] = set()
    by_part = []
    for part in subject.parts:
        names = [_block_name(part, block) for block in part.blocks]
        names = [f"{name}_{part.chart}" if name in used else name for name in names]
        used |= set(names)
        by_part.append(names)
    return by_part


def _block_name(part: TreatedTissue, block: Block) -> str:
    middle = "" if block.part == "belly" else f"_{block.part}"
    fibres = "pain_fibres_" if part.tissue == NOCICEPTOR else ""
    return f"{fibres}{block.muscle}{middle}_{block.side}"
