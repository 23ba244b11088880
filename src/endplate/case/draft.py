"""Drafts a plan file from the label: its sites, and its ranges as comments for the provider."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from endplate.case.protocol import PatternSite, label_pattern, population_of
from endplate.errors import NotCovered
from endplate.facts.atlas import muscle_blocks
from endplate.facts.label import LabelRule, dose_caps, label_rules, weight_bands
from endplate.facts.precautions import requirements
from endplate.facts.preparation import dilutions_for, technique_notes, vials
from endplate.facts.protocols import protocol_sites, trial_protocol
from endplate.facts.targets import targets

FILL_IN = "fill in"


@dataclass(frozen=True)
class DraftRequest:
    """What to draft a plan for; what is None is left to be filled in."""

    product: str
    indication: str
    day: date
    region: str = "US"
    age_y: float | None = None
    weight_kg: float | None = None
    vial_u: float | None = None
    diluent_ml: float | None = None

    @property
    def use(self) -> tuple[str, str, str]:
        """Product, region of the label and indication."""
        return self.product, self.region, self.indication

    @property
    def population(self) -> str:
        """Population whose label rows go first."""
        return population_of(self.age_y)

    def label_rule(self, quantity: str) -> LabelRule | None:
        """Label row of one quantity for this use; one for children goes first where it applies."""
        rows = [
            row
            for row in label_rules(*self.use, quantity)
            if row.indication == self.indication and row.population in ("adult", self.population)
        ]
        rows.sort(key=lambda row: row.population != self.population)
        return rows[0] if rows else None


def draft_text(request: DraftRequest) -> str:
    """TOML text of a plan with the label's sites; open choices stand as comments.

    Raises
    ------
    NotCovered
        The region's label does not name the product for the use.
    """
    rows = label_rules(request.product, request.region)
    if not any(r.indication == request.indication and r.region == request.region for r in rows):
        labelled = {r.indication for r in rows if (r.product, r.region) == request.use[:2]}
        labelled.discard("any")
        hint = f"; it is labelled for {', '.join(sorted(labelled))}" if labelled else ""
        raise NotCovered(
            f"no {request.region} label of {request.product} for {request.indication} "
            f"is known{hint}"
        )
    parts = [part(request) for part in (_head, _patient, _treatment, _sites, _notes)]
    return "\n\n".join("\n".join(lines) for lines in parts if lines) + "\n"


def _plain(word: str) -> str:
    return word.replace("_", " ")


def _mark(verified: bool) -> str:
    return "" if verified else " [not verified]"


def _head(request: DraftRequest) -> list[str]:
    return [
        f"# {_plain(request.indication)}, {request.product}, {request.region} label",
        f'# Lines that say "{FILL_IN}" are choices of the provider: where the label gives a range,',
        "# no dose is chosen here. [not verified] marks figures whose text was not read.",
    ]


def _patient(request: DraftRequest) -> list[str]:
    def line(name: str, value: float | None) -> str:
        return f"{name} = {value:g}" if value is not None else f"# {name} =           # {FILL_IN}"

    return [
        "[patient]",
        line("age_y", request.age_y),
        line("weight_kg", request.weight_kg),
        f"# conditions = []     # {FILL_IN}; [] says: asked, none",
        f"# medications = []    # {FILL_IN}",
        f"# allergies = []      # {FILL_IN}",
        f"# previous = []       # {FILL_IN}; [] says: no earlier toxin",
    ]


def _treatment(request: DraftRequest) -> list[str]:
    lines = [
        "[treatment]",
        f"date = {request.day.isoformat()}",
        f'product = "{request.product}"',
        f'indication = "{request.indication}"',
        f'region = "{request.region}"',
        *_dilution(request),
        *_doses(request),
    ]
    steps = requirements(*request.use, request.population)
    if steps:
        lines.append("# The label asks for these; list what is met and what is not:")
        lines += [f"#   {row.requirement}: {row.title}{_mark(row.verified)}" for row in steps]
        lines += [f"# confirmed = []      # {FILL_IN}", f"# not_met = []        # {FILL_IN}"]
    return lines


def _dilution(request: DraftRequest) -> list[str]:
    if request.vial_u is not None and request.diluent_ml is not None:
        return [f"vial_u = {request.vial_u:g}", f"diluent_ml = {request.diluent_ml:g}"]
    dilutions = [
        f"#   {row.vial_u:g} U in {row.diluent_ml:g} mL: "
        f"{row.vial_u / row.diluent_ml / 10:.3g} U in 0.1 mL{_mark(row.verified)}"
        for row in dilutions_for(*request.use)
    ]
    sizes = [f"{vial.vial_u:g}" for vial in vials(request.product, request.region)]
    return [
        f"# Vials of {', '.join(sizes) or 'not known'} U; dilutions on the label:",
        *dilutions,
        f"# vial_u =            # {FILL_IN}",
        f"# diluent_ml =        # {FILL_IN}",
    ]


QUANTITY_NAMES = {
    "session_dose": "session",
    "start_dose": "first session",
    "typical_dose": "middle half of the pivotal trial",
    "session_dose_per_kg": "session by weight",
    "limb_dose_per_kg": "one limb by weight",
    "site_dose": "one site, most",
    "interval_min": "interval, least",
}
WEIGHT_QUANTITIES = ("session_dose_per_kg", "limb_dose_per_kg")
ADULT_QUANTITIES = ("session_dose", "start_dose", "typical_dose")


def _doses(request: DraftRequest) -> Iterator[str]:
    bands = weight_bands(*request.use)
    by_weight = request.population == "paediatric" and (
        bool(bands) or any(request.label_rule(quantity) for quantity in WEIGHT_QUANTITIES)
    )
    for quantity, name in QUANTITY_NAMES.items():
        rule = request.label_rule(quantity)
        if rule is None or rule.value is None or (by_weight and quantity in ADULT_QUANTITIES):
            continue
        low = "" if rule.low is None else f"{rule.low:g} to "
        high = rule.high if quantity == "typical_dose" and rule.high else rule.value
        note = f" ({rule.note})" if rule.note else ""
        whose = "Label" if rule.kind in ("label", "derived") else "Trials"
        yield f"# {whose}, {name}: {low}{high:g} {rule.unit}{note}{_mark(rule.verified)}"
    for band in bands if by_weight else ():
        if band.muscle == "any" and (request.weight_kg is None or band.holds(request.weight_kg)):
            yield f"# Label, from {band.from_kg:g} kg: {band.dose_u:g} U{_mark(band.verified)}"
    yield from _limits(request)


def _limits(request: DraftRequest) -> Iterator[str]:
    for cap in dose_caps(request.product, request.region, request.population):
        if cap.covers(request.indication):
            parts = [] if cap.max_u is None else [f"{cap.max_u:g} U"]
            parts += [] if cap.max_u_per_kg is None else [f"{cap.max_u_per_kg:g} U/kg"]
            span = (
                f"{cap.window_d:g} days" if cap.window_d else cap.per.replace("window", "session")
            )
            note = f" ({cap.note})" if cap.note else ""
            yield f"# Label, limit, {span}: {' or '.join(parts)}{note}{_mark(cap.verified)}"


def _sites(request: DraftRequest) -> list[str]:
    dose = request.label_rule("session_dose")
    charted = bool(protocol_sites(request.indication)) and dose is not None and dose.low is None
    pattern = label_pattern(
        request.product, request.region, request.indication, request.population, request.weight_kg
    )
    if charted or (pattern and all(site.is_fixed for site in pattern)):
        return ['protocol = "label"      # one dose and one set of sites in the label']
    trial = _trial_protocol(request)
    if not pattern:
        return [
            *trial,
            "# No muscles or doses of the label are known here; list the sites:",
            "# [[treatment.site]]",
            f'# muscle = ""            # {FILL_IN}',
            f"# {_open_side(request.indication):23}# {FILL_IN}",
            f"# dose_u =               # {FILL_IN}",
        ]
    lines = [
        *trial,
        "# Take the comment marks from the sites to treat and choose each dose; repeat a block",
    ]
    lines.append("# for every site of a muscle.")
    for site in pattern:
        lines += ["", *_block(site)]
    return lines


def _open_side(indication: str) -> str:
    """Line of the side of a site to fill in: the midline where the use has no other."""
    paired = [block.paired for block in muscle_blocks() if block.muscle in targets(indication)]
    return 'side = "midline"' if paired and not any(paired) else 'side = "left"'


def _trial_protocol(request: DraftRequest) -> list[str]:
    """That a protocol may be taken although the label gives no single dose."""
    trial = trial_protocol(request.product, request.indication)
    if trial is None or request.population != "adult":
        return []
    note = f"; {trial.note}" if trial.note else ""
    return [
        f"# The label leaves the dose open; a trial's is {trial.dose_u:g} U{note}"
        f"{_mark(trial.verified)}.",
        '# protocol = "label"    # works: that dose at the usual sites, named by trial_dose',
    ]


def _block(site: PatternSite) -> list[str]:
    fact = site.fact
    if site.low_u is None or site.high_u is None:
        dose = f"{fact.low:g} to {fact.high:g} {fact.unit}, weight not stated"
    elif site.low_u == site.high_u:
        dose = f"{site.low_u:g} U"
    else:
        dose = f"{site.low_u:g} to {site.high_u:g} U"
    numbers = [str(n) for n in dict.fromkeys((site.sites_low, site.sites_high)) if n is not None]
    where = f" in {' to '.join(numbers)} sites" if numbers else ""
    note = f"; {fact.note}" if fact.note else ""
    return [
        f"# Label: {dose}{where} on this side{note}{_mark(fact.verified)}",
        "# [[treatment.site]]",
        f'# muscle = "{site.muscle}"',
        f'# side = "{site.side}"',
        f"# dose_u =               # {FILL_IN}",
    ]


def _notes(request: DraftRequest) -> list[str]:
    notes = technique_notes(*request.use)
    return [f"# {note.topic}: {note.text}{_mark(note.verified)}" for note in notes]
