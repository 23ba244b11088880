"""How a product is prepared and given: vials, diluents, storage, syringes, technique."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.table import SourcedRow, typed_row, typed_rows

# Uses of the face and neck for looks: their vials and dilutions are named apart on the labels.
COSMETIC = (
    "glabellar_lines",
    "lateral_canthal_lines",
    "forehead_lines",
    "platysma_bands",
    "masseter_prominence",
)


@dataclass(frozen=True)
class Vial(SourcedRow):
    """One strength of one product; a solution states the volume that holds it."""

    id: str
    product: str
    region: str
    brand: str
    vial_u: float
    form: str
    volume_ml: float | None


@dataclass(frozen=True)
class Reconstitution(SourcedRow):
    """One vial and its diluent; `use` is cosmetic, therapeutic, paediatric_bladder or any."""

    id: str
    product: str
    region: str
    use: str
    vial_u: float
    diluent_ml: float


@dataclass(frozen=True)
class Storage(SourcedRow):
    """How content may be kept; `one_person` is yes, or unknown where no text was seen."""

    id: str
    product: str
    form: str
    use_within_h: float | None
    store: str
    one_person: str
    locator: str


@dataclass(frozen=True)
class Syringe(SourcedRow):
    """A syringe and the distance of its marks."""

    id: str
    size_ml: float
    mark_ml: float


@dataclass(frozen=True)
class TechniqueNote:
    """One paraphrased note; `topic` is needle, depth, place, avoid, before, after and the like."""

    id: str
    product: str
    region: str
    indication: str
    topic: str
    text: str
    source: str
    locator: str
    verified: bool


@cache
def vials(product: str, region: str | None = None) -> tuple[Vial, ...]:
    """Vials of a product in one region, or in all."""
    return typed_rows(Vial, "vials", product=product, region=region)


def all_vials() -> tuple[Vial, ...]:
    """Every vial of every product."""
    return typed_rows(Vial, "vials")


@cache
def reconstitutions(product: str, region: str) -> tuple[Reconstitution, ...]:
    """Vials and diluents that the label of one region names for a product."""
    return typed_rows(Reconstitution, "reconstitution", product=product, region=region)


def dilutions_for(product: str, region: str, indication: str) -> tuple[Reconstitution, ...]:
    """Those of them that the label names for the kind of use."""
    use = "cosmetic" if indication in COSMETIC else "therapeutic"
    return tuple(row for row in reconstitutions(product, region) if row.use in ("any", use))


@cache
def storage(product: str, form: str) -> Storage:
    """Storage of one form of a product.

    Raises
    ------
    FactMissing
        The tables hold no storage text of that form.
    """
    missing = f"the tables hold no storage text of {product} as {form}"
    return typed_row(Storage, "storage", missing, product=product, form=form)


@cache
def syringes() -> tuple[Syringe, ...]:
    """Syringes, smallest first."""
    return tuple(sorted(typed_rows(Syringe, "syringes"), key=lambda syringe: syringe.size_ml))


@cache
def technique_notes(product: str, region: str, indication: str) -> tuple[TechniqueNote, ...]:
    """Notes for one use, those of the product as such included."""
    return typed_rows(
        TechniqueNote,
        "technique",
        product=product,
        region=("any", region),
        indication=("any", indication),
    )
