"""Writes a plan file from the label: its sites, and its ranges as comments for the provider."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from endplate.case.pattern import PatternSite, label_pattern, population_of
from endplate.errors import NotCovered
from endplate.facts.label import LabelRule, dose_caps, label_rules, weight_bands
from endplate.facts.precautions import requirements
from endplate.facts.preparation import dilutions_for, technique_notes, vials
from endplate.facts.protocols import protocol_sites

OPEN = "fill in"


@dataclass(frozen=True)
class Wish:
    """What a draft is asked for; what is None is left to be filled in."""

    product: str
    indication: str
    day: date
    region: str = "US"
    age_y: float | None = None
    weight_kg: float | None = None
    vial_u: float | None = None
    diluent_ml: float | None = None

    @property
    def population(self) -> str:
        """Population whose label rows go first."""
        return population_of(self.age_y)

    def fact(self, quantity: str) -> LabelRule | None:
        """Label row of one quantity for this use; a child's own goes first."""
        rows = [
            row
            for row in label_rules(self.product, self.region, self.indication, quantity)
            if row.indication == self.indication and row.population in ("adult", self.population)
        ]
        rows.sort(key=lambda row: row.population != self.population)
        return rows[0] if rows else None


def draft_text(wish: Wish) -> str:
    """TOML text of a plan with the label's sites; open choices stand as comments.

    Raises
    ------
    NotCovered
        The region's label does not name the product for the use.
    """
    rows = label_rules(wish.product, wish.region, wish.indication)
    if not any(r.indication == wish.indication and r.region == wish.region for r in rows):
        labelled = _labelled(wish)
        hint = f"; it is labelled for {', '.join(labelled)}" if labelled else ""
        raise NotCovered(
            f"no {wish.region} label of {wish.product} for {wish.indication} is at hand{hint}"
        )
    parts = [_head(wish), _patient(wish), _treatment(wish), _sites(wish), _notes(wish)]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _labelled(wish: Wish) -> list[str]:
    rows = label_rules(wish.product, wish.region)
    return sorted(
        {
            r.indication
            for r in rows
            if r.product == wish.product and r.indication != "any" and r.region == wish.region
        }
    )


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _mark(verified: bool) -> str:
    return "" if verified else " [unverified]"


def _head(wish: Wish) -> list[str]:
    return [
        f"# {_plain(wish.indication)}, {wish.product}, {wish.region} label",
        f'# Lines that say "{OPEN}" are choices of the provider: where the label gives a range,',
        "# no dose is chosen here. [unverified] marks figures without a second source.",
    ]


def _patient(wish: Wish) -> list[str]:
    def line(name: str, value: float | None) -> str:
        return f"{name} = {value:g}" if value is not None else f"# {name} =           # {OPEN}"

    return [
        "[patient]",
        line("age_y", wish.age_y),
        line("weight_kg", wish.weight_kg),
        f"# conditions = []     # {OPEN}; [] says: asked, none",
        f"# medications = []    # {OPEN}",
        f"# allergies = []      # {OPEN}",
        f"# previous = []       # {OPEN}; [] says: no earlier toxin",
    ]


def _treatment(wish: Wish) -> list[str]:
    found = [
        "[treatment]",
        f"date = {wish.day.isoformat()}",
        f'product = "{wish.product}"',
        f'indication = "{wish.indication}"',
        f'region = "{wish.region}"',
        *_dilution(wish),
        *_doses(wish),
    ]
    asked = requirements(wish.product, wish.region, wish.indication, wish.population)
    if asked:
        found.append("# The label asks for these; list what is met and what is not:")
        found += [f"#   {row.requirement}: {row.title}{_mark(row.verified)}" for row in asked]
        found += [f"# confirmed = []      # {OPEN}", f"# not_met = []        # {OPEN}"]
    return found


def _dilution(wish: Wish) -> list[str]:
    if wish.vial_u is not None and wish.diluent_ml is not None:
        return [f"vial_u = {wish.vial_u:g}", f"diluent_ml = {wish.diluent_ml:g}"]
    listed = [
        f"#   {row.vial_u:g} U in {row.diluent_ml:g} mL: "
        f"{row.vial_u / row.diluent_ml / 10:.3g} U in 0.1 mL{_mark(row.verified)}"
        for row in dilutions_for(wish.product, wish.region, wish.indication)
    ]
    sold = ", ".join(f"{vial.vial_u:g}" for vial in vials(wish.product, wish.region)) or "not known"
    return [
        f"# Vials of {sold} U; dilutions on the label:",
        *listed,
        f"# vial_u =            # {OPEN}",
        f"# diluent_ml =        # {OPEN}",
    ]


SPOKEN = {
    "session_dose": "session",
    "start_dose": "first session",
    "typical_dose": "middle half of the pivotal trial",
    "session_dose_per_kg": "session by weight",
    "limb_dose_per_kg": "one limb by weight",
    "site_dose": "one site, most",
    "interval_min": "interval, least",
}
FOR_ADULTS = ("session_dose", "start_dose", "typical_dose")


def _doses(wish: Wish) -> Iterator[str]:
    bands = weight_bands(wish.product, wish.region, wish.indication)
    by_weight = wish.population == "paediatric" and (
        bool(bands) or any(wish.fact(name) for name in ("session_dose_per_kg", "limb_dose_per_kg"))
    )
    for quantity, words in SPOKEN.items():
        fact = wish.fact(quantity)
        if fact is None or fact.value is None or (by_weight and quantity in FOR_ADULTS):
            continue
        low = "" if fact.low is None else f"{fact.low:g} to "
        high = fact.high if quantity == "typical_dose" and fact.high else fact.value
        note = f" ({fact.note})" if fact.note else ""
        whose = "Label" if fact.kind in ("label", "derived") else "Trials"
        yield f"# {whose}, {words}: {low}{high:g} {fact.unit}{note}{_mark(fact.verified)}"
    for band in bands if by_weight else ():
        if band.muscle == "any" and (wish.weight_kg is None or band.holds(wish.weight_kg)):
            yield f"# Label, from {band.from_kg:g} kg: {band.dose_u:g} U{_mark(band.verified)}"
    yield from _limits(wish)


def _limits(wish: Wish) -> Iterator[str]:
    for cap in dose_caps(wish.product, wish.region, wish.population):
        if cap.covers(wish.indication):
            parts = [] if cap.max_u is None else [f"{cap.max_u:g} U"]
            parts += [] if cap.max_u_per_kg is None else [f"{cap.max_u_per_kg:g} U/kg"]
            span = (
                f"{cap.window_d:g} days" if cap.window_d else cap.per.replace("window", "session")
            )
            note = f" ({cap.note})" if cap.note else ""
            yield f"# Label, limit, {span}: {' or '.join(parts)}{note}{_mark(cap.verified)}"


def _sites(wish: Wish) -> list[str]:
    dose = wish.fact("session_dose")
    charted = bool(protocol_sites(wish.indication)) and dose is not None and dose.low is None
    pattern = label_pattern(
        wish.product, wish.region, wish.indication, wish.population, wish.weight_kg
    )
    if charted or (pattern and all(site.is_fixed for site in pattern)):
        return ['protocol = "label"      # one dose and one set of sites in the label']
    if not pattern:
        return [
            "# The label names no muscles or doses that are at hand; list the sites:",
            "# [[treatment.site]]",
            f'# muscle = ""            # {OPEN}',
            f'# side = "left"          # {OPEN}',
            f"# dose_u =               # {OPEN}",
        ]
    lines = [
        "# Take the comment marks from the sites to treat and choose each dose; repeat a block"
    ]
    lines.append("# for every site of a muscle.")
    for site in pattern:
        lines += ["", *_block(site)]
    return lines


def _block(site: PatternSite) -> list[str]:
    fact = site.fact
    if site.low_u is None or site.high_u is None:
        said = f"{fact.low:g} to {fact.high:g} {fact.unit}, weight not stated"
    elif site.low_u == site.high_u:
        said = f"{site.low_u:g} U"
    else:
        said = f"{site.low_u:g} to {site.high_u:g} U"
    numbers = [str(n) for n in dict.fromkeys((site.sites_low, site.sites_high)) if n is not None]
    where = f" in {' to '.join(numbers)} sites" if numbers else ""
    note = f"; {fact.note}" if fact.note else ""
    return [
        f"# Label: {said}{where} on this side{note}{_mark(fact.verified)}",
        "# [[treatment.site]]",
        f'# muscle = "{site.muscle}"',
        f'# side = "{site.side}"',
        f"# dose_u =               # {OPEN}",
    ]


def _notes(wish: Wish) -> list[str]:
    notes = technique_notes(wish.product, wish.region, wish.indication)
    return [f"# {note.topic}: {note.text}{_mark(note.verified)}" for note in notes]
