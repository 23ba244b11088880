r"""What the exported model holds: the chain of each injection, SNAP-25 in each cell, the muscles.

SBML has no normal distribution function. The working fraction of a muscle is therefore a state of
its own, moved by the exact slope of :math:`\Phi(x)` with :math:`x = (\ln m + n \ln P)/\sigma`:

.. math:: \frac{d\Phi}{dt} = \varphi(x)\, \frac{n}{\sigma P} \frac{dP}{dt}
"""

from math import erf, log, pi, sqrt

from endplate.body.spread import Block
from endplate.people.one import OnePerson
from endplate.report.sbml.draft import Draft
from endplate.report.sbml.words import basis, rows_of_quantity

_STEPS = ("bulk", "free", "bound", "translocated", "light_chain")
_SLOPE = ("intact", "cutting", "renewal")
_MARGINS = ("snare_power", "log_margin_median", "log_margin_sd")


def block_id(block: Block) -> str:
    """Readable id of one muscle block on one side."""
    part = "" if block.part == "belly" else f"_{block.part}"
    return f"{block.muscle}{part}_{block.side}"


def add_person(draft: Draft, own: OnePerson) -> None:
    """Add everything of one person to an empty model."""
    add_rates(draft, own)
    add_functions(draft)
    for number in range(1, len(own.given) + 1):
        add_injection(draft, own, number)
    for row, block in enumerate(own.blocks):
        add_muscle(draft, own, row, block_id(block))


def add_rates(draft: Draft, own: OnePerson) -> None:
    """Add the rates and margins of the person."""
    for field, told in rows_of_quantity().items():
        number = float(getattr(own.kinetics, field))
        draft.parameter(
            told["id"], number, told["unit"], told["name"], told["sbo"], basis(told["rows"])
        )
    half_life = float(own.kinetics.persistence_d)
    rows = ("persistence_d", "persistence_log_sd")
    draft.parameter(
        "persistence", half_life, "day", "half-life of the light chain", 332, basis(rows)
    )
    draft.parameter("decay", log(2) / half_life, "per_day", "decay of the light chain", 356)


def add_functions(draft: Draft) -> None:
    """Add the slopes of intact SNAP-25 and of the share of junctions that work."""
    draft.function(
        "intact_slope", _SLOPE, "renewal * (1 dimensionless - intact) - cutting * intact"
    )
    draft.function(
        "normal_density",
        ("x",),
        f"exp(-(x * x) / 2 dimensionless) / {sqrt(2 * pi)!r} dimensionless",
    )


def add_injection(draft: Draft, own: OnePerson, number: int) -> None:
    """Add the chain of one injection day, from the bulk to the light chain."""
    given = own.given[number - 1]
    start_d = given.day - min(one.day for one in own.given)
    names = {step: f"{step}_{number}" for step in _STEPS}
    told = f"{given.dose_u:g} U of {given.product} on day {given.day:g} after the planned treatment"
    for step, name in names.items():
        amount = 1.0 if step == "bulk" and start_d == 0 else 0.0
        draft.species(name, amount, f"{step.replace('_', ' ')} toxin: {told}", 245)
    way = ("release", "binding", "translocation", "activation")
    for rate, source, product in zip(way, _STEPS, _STEPS[1:], strict=False):
        draft.reaction(f"{rate}_{number}", names[source], names[product], rate, 176)
    for step in ("bulk", "free"):
        draft.reaction(f"clearance_of_{names[step]}", names[step], None, "clearance", 179)
    draft.reaction(f"decay_{number}", names["light_chain"], None, "decay", 179)
    if start_d > 0:
        day = f"injection_day_{number}"
        draft.parameter(day, start_d, "day", "day of the injection in this model's time", 2)
        draft.event(f"injection_{number}", f"time >= {day}", {names["bulk"]: "1 dimensionless"})


def add_muscle(draft: Draft, own: OnePerson, row: int, name: str) -> None:
    """Add the cells of one muscle block, its working fraction, atrophy and force."""
    plain = name.replace("_", " ")
    cells = [i for i, share in enumerate(own.weight[row]) if share > 0]
    slopes = []
    for place, cell in enumerate(cells, 1):
        loads = [float(load) for load in own.load[:, cell]]
        add_cell(draft, f"{name}_{place}", f"{plain}, cell {place}", loads)
        share = f"share_{name}_{place}"
        draft.parameter(
            share, float(own.weight[row][cell]), "dimensionless",
            f"share of the end plates of {plain} in cell {place}",
        )  # fmt: skip
        slopes.append(f"{share} * working_slope_{name}_{place}")
    add_courses(draft, own, name, plain, " + ".join(slopes))


def add_cell(draft: Draft, name: str, says: str, loads: list[float]) -> None:
    """Add intact SNAP-25 in one cell, cut by the light chains of all injections."""
    parts = []
    for number, load in enumerate(loads, 1):
        draft.parameter(
            f"load_{name}_{number}", load, "dimensionless",
            f"cutting rate over renewal rate in {says}, for all of injection {number}",
        )  # fmt: skip
        parts.append(f"load_{name}_{number} * light_chain_{number}")
    draft.parameter(
        f"cutting_{name}", None, "per_day", f"cutting of SNAP-25 in {says}", 9, constant=False
    )
    draft.assignment_rule(f"cutting_{name}", f"renewal * ({' + '.join(parts)})")
    variables = (
        ("intact", 1.0, "dimensionless", f"SNAP-25 intact in {says}"),
        ("intact_slope", None, "per_day", f"slope of intact SNAP-25 in {says}"),
        ("margin", None, "dimensionless", f"standardised logarithm of release in {says}"),
        ("working_slope", None, "per_day", f"slope of the share of junctions working in {says}"),
    )
    for variable, start, unit, told in variables:
        draft.parameter(f"{variable}_{name}", start, unit, told, constant=False)
    draft.rate_rule(f"intact_{name}", f"intact_slope_{name}")
    draft.assignment_rule(
        f"intact_slope_{name}",
        f"renewal * (1 dimensionless - intact_{name}) - cutting_{name} * intact_{name}",
    )
    draft.assignment_rule(
        f"margin_{name}",
        f"(log_margin_median + snare_power * ln(intact_{name})) / log_margin_sd",
    )
    draft.assignment_rule(
        f"working_slope_{name}",
        f"normal_density(margin_{name}) * snare_power * intact_slope_{name}"
        f" / (log_margin_sd * intact_{name})",
    )


def add_courses(draft: Draft, own: OnePerson, name: str, plain: str, slope: str) -> None:
    """Add the working fraction of a muscle, its atrophy and its force."""
    rates = own.kinetics
    most = float(rates.log_margin_median) / float(rates.log_margin_sd)
    working, lost, force = f"working_{name}", f"lost_{name}", f"force_{name}"
    for variable, start, says in (
        (working, 0.5 * (1 + erf(most / sqrt(2))), f"share of junctions of {plain} that work"),
        (lost, 0.0, f"share of the cross-section of {plain} lost"),
        (force, None, f"force of {plain}, as a share of the force before treatment"),
    ):
        draft.parameter(variable, start, "dimensionless", says, constant=False)
    draft.rate_rule(working, slope)
    draft.rate_rule(
        lost,
        f"wasting * (1 dimensionless - {working}) * (most_lost - {lost})"
        f" - regrowth * {working} * {lost}",
    )
    draft.assignment_rule(force, f"{working} * (1 dimensionless - {lost})")
