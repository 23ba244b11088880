"""A plan for every labelled use, at the label's dose or with one open dose filled in."""

from datetime import date

from endplate.case import Plan
from endplate.case.draft import DraftRequest, draft_text
from endplate.facts.label import label_rules
from endplate.facts.preparation import vials
from endplate.facts.targets import targets

LABELLED = sorted(
    {
        (row.product, row.region, row.indication)
        for row in label_rules()
        if "any" not in (row.product, row.region, row.indication)
    }
)


def labelled_plan(name: str, region: str, area: str, age_y: float = 46, dose_u: float = 30) -> Plan:
    """The draft of one use, each dose that the label leaves open filled with `dose_u`."""
    vial = next(iter(vials(name, region)))
    day = date(2026, 11, 22)
    wish = DraftRequest(name, area, day, region, age_y, 70, vial.vial_u, vial.volume_ml or 2)
    text = draft_text(wish)
    if '\nprotocol = "label"' not in text:  # a trial's stands as a comment
        for key in ("[[treatment.site]]", "muscle = ", "side = "):
            text = text.replace(f"# {key}", key)
        text = text.replace("# dose_u = ", f"dose_u = {dose_u} #")
        text = text.replace('muscle = ""', f'muscle = "{min(targets(area))}"')
    return Plan.loads(text)
