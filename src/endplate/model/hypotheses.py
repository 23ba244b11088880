"""Which hypothesis each step of the model runs: the default ones, or a rival in place of one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import jax.numpy as jnp

from endplate.errors import EndplateError
from endplate.facts.parameters import value
from endplate.model.kinetics import MINUTES_PER_DAY, Kinetics
from endplate.model.spread import AbstractSpread, Isotropic, NoSpread, Sheet, Wheal
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


@dataclass(frozen=True)
class Model:
    """One hypothesis for each step; hashable, so that compiled code may be kept for it."""

    spread: str = "sheet"
    uptake: str = "clearing"
    transmission: str = "original_terminal"
    tissue: str = "atrophy"

    def __post_init__(self) -> None:
        """Refuse hypotheses that are not known."""
        for step, known in HYPOTHESES.items():
            name = getattr(self, step)
            if name not in known:
                raise EndplateError(
                    f"{step} is {name!r}; allowed hypotheses are {', '.join(known)}."
                )

    @classmethod
    def parse(cls, choices: Iterable[str]) -> "Model":
        """Model of choices such as `uptake=lebeda4`.

        Raises
        ------
        EndplateError
            A choice names no step or no hypothesis; the sentence says what is allowed.
        """
        model = cls()
        for choice in choices:
            step, _, name = choice.partition("=")
            if step not in HYPOTHESES:
                raise EndplateError(
                    f"{choice!r} names no step of the model; allowed are "
                    f"{', '.join(f'{step}=...' for step in HYPOTHESES)}."
                )
            model = replace(model, **{step: name})
        return model

    def choices(self) -> tuple[str, ...]:
        """What differs from the default model, as `parse` takes it."""
        default = Model()
        return tuple(
            f"{step}={getattr(self, step)}"
            for step in HYPOTHESES
            if getattr(self, step) != getattr(default, step)
        )

    @property
    def closed_form(self) -> bool:
        """Whether SNAP-25 has a closed form once only the light chain's decay is left.

        It needs a light chain that decays, and a transmission that depends on SNAP-25 of the same
        time alone; the others are stepped through on a fine grid.
        """
        return self.uptake == "clearing" and self.transmission != "sprouts"

    def uptake_of(self, kinetics: Kinetics) -> AbstractUptake:
        """The uptake scheme with the rates of one tissue."""
        match self.uptake:
            case "clearing":
                return Clearing(
                    release_per_d=kinetics.release_per_d,
                    clearance_per_d=kinetics.clearance_per_d,
                    binding_per_d=kinetics.binding_per_d,
                    translocation_per_d=kinetics.translocation_per_d,
                    lytic_per_d=kinetics.lytic_per_d,
                    light_chain_decay_per_d=jnp.log(2.0) / kinetics.persistence_d,
                )
            case "lebeda3":
                return Lebeda3(
                    kinetics.binding_per_d, kinetics.translocation_per_d, kinetics.lytic_per_d
                )
            case "lebeda4":
                release = value("lebeda_release_human_per_min") * MINUTES_PER_DAY
                return Lebeda4(
                    jnp.zeros_like(kinetics.binding_per_d) + release,
                    kinetics.binding_per_d,
                    kinetics.translocation_per_d,
                    kinetics.lytic_per_d,
                )
            case _:
                return NoUptake()

    def transmission_of(self, kinetics: Kinetics) -> AbstractTransmission:
        """The transmission hypothesis with the margins of one tissue."""
        original = OriginalTerminal(
            kinetics.snare_power, kinetics.log_margin_median, kinetics.log_margin_sd
        )
        match self.transmission:
            case "sprouts":
                return Sprouts(original, value("sprout_largest_share"), value("sprout_growth_d"))
            case "none":
                return NoBlock()
            case _:
                return original

    @cached_property
    def spread_by_tissue(self) -> dict[str, AbstractSpread]:
        """The spread hypothesis of each tissue with the published sizes."""
        binding_mm = value("binding_length_mm")
        match self.spread:
            case "isotropic":
                return dict.fromkeys(("muscle", "gland", "bladder"), Isotropic(binding_mm))
            case "none":
                return dict.fromkeys(("muscle", "gland", "bladder"), NoSpread())
        sheet = Sheet(
            length_1ml_mm=value("sheet_length_1ml_mm"),
            length_exponent_above=value("sheet_length_exponent"),
            thickness_1ml_mm=value("sheet_thickness_1ml_mm"),
            thickness_exponent_above=value("sheet_thickness_exponent"),
            binding_length_mm=binding_mm,
        )
        wheal = Wheal(value("layer_thickness_mm"), binding_mm)
        return {"muscle": sheet, "gland": wheal, "bladder": wheal}
