"""Which hypothesis each step of the model runs: the default ones, or a rival in place of one.

Rivals may come from other packages: an entry point of the group `endplate.hypotheses` names a class
that answers what every hypothesis of its step answers, and the class says which step that is. A
class may also be given as it is, `Model(uptake=MyUptake)`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from endplate.arguments import printable, wrong
from endplate.errors import EndplateError
from endplate.model.kinetics import Kinetics
from endplate.model.spread import AbstractSpread, Isotropic, NoSpread, Sheet
from endplate.model.tissue import AbstractTissue, Atrophy, NoAtrophy
from endplate.model.transmission import (
    AbstractTransmission,
    NoBlock,
    OriginalTerminal,
    Sprouts,
)
from endplate.model.uptake import AbstractUptake, Clearing, Lebeda3, Lebeda4, NoUptake

HYPOTHESES: dict[str, dict[str, str]] = {
    "spread": {
        "sheet": "a sheet along the fibres, sized by the volume; a wheal in skin and bladder wall",
        "isotropic": "a round cloud of one size whatever the volume",
        "none": "the dose stays where the needle left it",
    },
    "uptake": {
        "clearing": "four steps, with loss of unbound toxin and decay of the light chain",
        "lebeda3": "three steps of Simpson 1980, rates of Lebeda 2008: no loss, no recovery",
        "lebeda4": "four steps of Lebeda 2008: release from the bulk first, no loss, no recovery",
        "none": "nothing is taken up",
    },
    "transmission": {
        "original_terminal": "a junction works while its release exceeds its safety margin",
        "sprouts": "sprouts carry part of the silent junctions from the fifth week on",
        "none": "cleavage silences nothing",
    },
    "tissue": {
        "atrophy": "a silent muscle thins, and regains its section on its own slower time",
        "none": "force goes with the working junctions alone",
    },
}
"""Hypotheses of each step by name, the default first, with what each claims."""


GROUP = "endplate.hypotheses"
# What the classes of a step have in common.
BASES: dict[str, type] = {
    "spread": AbstractSpread,
    "uptake": AbstractUptake,
    "transmission": AbstractTransmission,
    "tissue": AbstractTissue,
}
_SHIPPED: dict[tuple[str, str], type] = {
    ("spread", "sheet"): Sheet,
    ("spread", "isotropic"): Isotropic,
    ("spread", "none"): NoSpread,
    ("uptake", "clearing"): Clearing,
    ("uptake", "lebeda3"): Lebeda3,
    ("uptake", "lebeda4"): Lebeda4,
    ("uptake", "none"): NoUptake,
    ("transmission", "original_terminal"): OriginalTerminal,
    ("transmission", "sprouts"): Sprouts,
    ("transmission", "none"): NoBlock,
    ("tissue", "atrophy"): Atrophy,
    ("tissue", "none"): NoAtrophy,
}
_TISSUES = ("muscle", "gland", "bladder")


@dataclass(frozen=True)
class Model:
    """One hypothesis for each step; hashable, so that compiled code may be kept for it.

    Parameters
    ----------
    spread, uptake, transmission, tissue : str or type
        Name of a hypothesis, shipped or of an entry point of the group `endplate.hypotheses`, or a
        class that answers what every hypothesis of the step answers.

    Raises
    ------
    EndplateError
        There is no such hypothesis; the sentence says which are allowed.

    Examples
    --------
    >>> Model(uptake="lebeda4").choices()
    ('uptake=lebeda4',)
    >>> Model(uptake="fast")
    Traceback (most recent call last):
    endplate.errors.EndplateError: uptake is 'fast'; allowed hypotheses are clearing, lebeda3, \
lebeda4, none.
    """

    spread: str | type[AbstractSpread] = "sheet"
    uptake: str | type[AbstractUptake] = "clearing"
    transmission: str | type[AbstractTransmission] = "original_terminal"
    tissue: str | type[AbstractTissue] = "atrophy"

    def __post_init__(self) -> None:
        """Refuse hypotheses that are not known."""
        for step, known in HYPOTHESES.items():
            chosen = getattr(self, step)
            if not isinstance(chosen, str) or chosen not in known:
                hypothesis_class(step, chosen)

    @classmethod
    def parse(cls, choices: Iterable[str]) -> "Model":
        """Model of choices such as `uptake=lebeda4`.

        Parameters
        ----------
        choices : iterable of str
            A step and its hypothesis each.

        Raises
        ------
        EndplateError
            A choice names no step or no hypothesis; the sentence says what is allowed.

        Examples
        --------
        >>> Model.parse(["transmission=sprouts"]).transmission
        'sprouts'
        """
        if isinstance(choices, str | bytes | Mapping) or not isinstance(choices, Iterable):
            raise wrong("choices", choices, "lists such as ['uptake=lebeda4']")
        model = cls()
        for choice in choices:
            step, _, name = str(choice).partition("=")
            if step not in HYPOTHESES:
                raise EndplateError(
                    f"{choice!r} names no step of the model; allowed are "
                    f"{', '.join(f'{step}=...' for step in HYPOTHESES)}."
                )
            model = replace(model, **{step: name})
        return model

    def choices(self) -> tuple[str, ...]:
        """What differs from the default model, as `parse` takes it; a class by its own name.

        Examples
        --------
        >>> Model(tissue="none").choices(), Model().choices()
        (('tissue=none',), ())
        """
        default = Model()
        return tuple(
            f"{step}={_name_of(getattr(self, step))}"
            for step in HYPOTHESES
            if getattr(self, step) != getattr(default, step)
        )

    @property
    def closed_form(self) -> bool:
        """Whether SNAP-25 has a closed form once only the light chain's decay is left.

        It needs a light chain that decays, and a transmission that depends on SNAP-25 of the same
        time alone; the others are stepped through on a fine grid.
        """
        uptake = hypothesis_class("uptake", self.uptake)
        return uptake.only_decays and hypothesis_class("transmission", self.transmission).of_now

    def uptake_of(self, kinetics: Kinetics) -> AbstractUptake:
        """The uptake scheme with the rates of one tissue."""
        return hypothesis_class("uptake", self.uptake).of(kinetics)

    def transmission_of(self, kinetics: Kinetics) -> AbstractTransmission:
        """The transmission hypothesis with the margins of one tissue."""
        return hypothesis_class("transmission", self.transmission).of(kinetics)

    def tissue_of(self, kinetics: Kinetics) -> AbstractTissue:
        """The tissue hypothesis with the rates of its subjects."""
        return hypothesis_class("tissue", self.tissue).of(kinetics)

    @cached_property
    def spread_by_tissue(self) -> dict[str, AbstractSpread]:
        """The spread hypothesis of each tissue with the published sizes."""
        spread = hypothesis_class("spread", self.spread)
        return {tissue: spread.of(tissue) for tissue in _TISSUES}


def hypothesis_class(step: str, chosen: Any) -> Any:
    """The class of a step's hypothesis, by its name or as it was given.

    Parameters
    ----------
    step : str
        `spread`, `uptake`, `transmission` or `tissue`.
    chosen : str or type
        A shipped name, that of an entry point, or a class.

    Raises
    ------
    EndplateError
        There is none, or what an entry point names cannot be used.

    Examples
    --------
    >>> hypothesis_class("uptake", "lebeda3").__name__
    'Lebeda3'
    """
    base = BASES[step]
    if isinstance(chosen, str):
        if (step, chosen) in _SHIPPED:
            return _SHIPPED[step, chosen]
        for point in entry_points(group=GROUP, name=chosen):
            return _loaded(point, step)
    elif isinstance(chosen, type) and issubclass(chosen, base):
        return chosen
    raise EndplateError(
        f"{step} is {printable(chosen)}; allowed hypotheses are {', '.join(known_names(step))}."
    )


def known_names(step: str) -> tuple[str, ...]:
    """Names that a step may be given: the shipped ones, then those of entry points that load."""
    names = list(HYPOTHESES[step])
    for point in entry_points(group=GROUP):
        try:
            _loaded(point, step)
        except EndplateError:
            continue
        names.append(point.name)
    return tuple(dict.fromkeys(names))


def _loaded(point: EntryPoint, step: str) -> type:
    """The class that an entry point names."""
    where = f"{point.name} ({point.value})"
    try:
        found = point.load()
    except Exception as fault:  # whatever the other package does when it is imported
        raise EndplateError(
            f"The hypothesis {where} cannot be loaded: {type(fault).__name__}: {fault}."
        ) from None
    if not (isinstance(found, type) and issubclass(found, BASES[step])):
        raise EndplateError(
            f"{step} is {point.name!r}, but {point.value} is no {BASES[step].__name__}; allowed "
            f"hypotheses are {', '.join(HYPOTHESES[step])}."
        )
    return found


def _name_of(chosen: str | type) -> str:
    return chosen if isinstance(chosen, str) else chosen.__name__
