r"""What the exported model holds: the chain of each injection, SNAP-25 in each cell, the muscles.

SBML has no normal distribution function. The working fraction of a muscle is therefore a state of
its own, moved by the exact slope of :math:`\Phi(x)` with :math:`x = (\ln m + n \ln P)/\sigma`:

.. math:: \frac{d\Phi}{dt} = \varphi(x)\, \frac{n}{\sigma P} \frac{dP}{dt}

Everything that differs between tissues carries the tissue in its id: `decay_muscle`.
"""

from math import erf, log, pi, sqrt

from endplate.engine.anatomy import NOCICEPTOR
from endplate.export.sbml.draft import SbmlDraft
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
    for part, names in zip(subject.parts, block_names(subject), strict=True):
        for row, name in enumerate(names):
            add_block(draft, part, row, name)


def add_rates(draft: SbmlDraft, part: TreatedTissue, product: str) -> None:
    """Add the rates and margins of the person in one tissue."""
    tissue = part.tissue
    for field, row in rows_of_quantity().items():
        if row.get("muscle_alone") and not part.wastes:
            continue
        name, says = f"{row['id']}_{tissue}", f"{row['name']}, {tissue}"
        number = float(getattr(part.kinetics, field))
        draft.parameter(name, number, row["unit"], says, row["sbo"], basis(row["rows"]))
    half_life_d = float(part.kinetics.persistence_d)
    draft.parameter(
        f"persistence_{tissue}", half_life_d, "day", f"half-life of the light chain, {tissue}",
        332, basis(persistence_rows(product, tissue)),
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


def add_block(draft: SbmlDraft, part: TreatedTissue, row: int, name: str) -> None:
    """Add the cells of one block, its working fraction, and in muscle atrophy and force."""
    plain = name.replace("_", " ")
    cells = [i for i, share in enumerate(part.weight[row]) if share > 0]
    slopes = []
    for place, cell in enumerate(cells, 1):
        loads = [float(load) for load in part.load[:, cell]]
        add_cell(draft, part.tissue, f"{name}_{place}", f"{plain}, cell {place}", loads)
        share = f"share_{name}_{place}"
        draft.parameter(
            share, float(part.weight[row][cell]), "dimensionless",
            f"share of the endings of {plain} in cell {place}",
        )  # fmt: skip
        slopes.append(f"{share} * working_slope_{name}_{place}")
    median, sd = part.kinetics.log_margin_median, part.kinetics.log_margin_sd
    start = 0.5 * (1 + erf(float(median) / float(sd) / sqrt(2)))
    says = f"share of endings of {plain} that work"
    draft.parameter(f"working_{name}", start, "dimensionless", says, constant=False)
    draft.rate_rule(f"working_{name}", " + ".join(slopes))
    if part.wastes:
        add_force(draft, part.tissue, name, plain)


def add_cell(draft: SbmlDraft, tissue: str, name: str, says: str, loads: list[float]) -> None:
    """Add intact SNAP-25 in one cell, cut by the light chains of all injections."""
    cutting = []
    for number, load in enumerate(loads, 1):
        draft.parameter(
            f"load_{name}_{number}", load, "dimensionless",
            f"cutting rate over renewal rate in {says}, for all of injection {number}",
        )  # fmt: skip
        cutting.append(f"load_{name}_{number} * light_chain_{tissue}_{number}")
    variables = (
        ("cutting", None, "per_day", f"cutting of SNAP-25 in {says}"),
        ("intact", 1.0, "dimensionless", f"SNAP-25 intact in {says}"),
        ("intact_slope", None, "per_day", f"slope of intact SNAP-25 in {says}"),
        ("margin", None, "dimensionless", f"standardised logarithm of release in {says}"),
        ("working_slope", None, "per_day", f"slope of the share of endings working in {says}"),
    )
    for variable, start, unit, text in variables:
        draft.parameter(f"{variable}_{name}", start, unit, text, constant=False)
    renewal, power = f"renewal_{tissue}", f"snare_power_{tissue}"
    median, sd = f"log_margin_median_{tissue}", f"log_margin_sd_{tissue}"
    draft.rate_rule(f"intact_{name}", f"intact_slope_{name}")
    for variable, formula in (
        ("cutting", f"{renewal} * ({' + '.join(cutting)})"),
        (
            "intact_slope",
            f"{renewal} * (1 dimensionless - intact_{name}) - cutting_{name} * intact_{name}",
        ),
        ("margin", f"({median} + {power} * ln(intact_{name})) / {sd}"),
        (
            "working_slope",
            f"normal_density(margin_{name}) * {power} * intact_slope_{name}"
            f" / ({sd} * intact_{name})",
        ),
    ):
        draft.assignment_rule(f"{variable}_{name}", formula)


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
