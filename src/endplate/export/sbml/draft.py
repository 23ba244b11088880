"""An SBML document under construction: one short method per kind of element.

Level 3 Version 2 core. Every call to libsbml is checked: a refused element stops the export.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from endplate.errors import CannotWrite

LEVEL, VERSION = 3, 2
MISSING = "SBML needs python-libsbml: pip install '.[sbml]' in the checkout of endplate."
_SITE = "injection_site"
_PER_DAY = {"second": (86400.0, -1)}
_DAY = {"second": (86400.0, 1)}


def libsbml() -> Any:
    """The library python-libsbml.

    Raises
    ------
    CannotWrite
        It is not installed.
    """
    try:
        import libsbml
    except ImportError:
        raise CannotWrite(MISSING) from None
    return libsbml


def notes_xml(*paragraphs: str) -> str:
    """Notes of an element in the markup that SBML wants."""
    text = "".join(f"<p>{escape(line)}</p>" for line in paragraphs)
    return f'<body xmlns="http://www.w3.org/1999/xhtml">{text}</body>'


class SbmlDraft:
    """One model; time in days, amounts as shares of the dose, one well-mixed compartment."""

    def __init__(self, model_id: str, name: str, notes: tuple[str, ...]) -> None:
        self._lib = libsbml()
        self._document = self._lib.SBMLDocument(LEVEL, VERSION)
        self._model = self._document.createModel()
        for setter, text in (
            (self._model.setTimeUnits, "day"),
            (self._model.setSubstanceUnits, "dimensionless"),
            (self._model.setExtentUnits, "dimensionless"),
            (self._model.setVolumeUnits, "dimensionless"),
        ):
            self._done(setter(text))
        self._describe(self._model, model_id, name, 293, notes)
        for unit, parts in (("day", _DAY), ("per_day", _PER_DAY)):
            self._unit(unit, parts)
        site = self._model.createCompartment()
        self._describe(site, _SITE, "the injected tissue; amounts need no volume", 290)
        self._done(site.setConstant(True))
        self._done(site.setSpatialDimensions(3))
        self._done(site.setSize(1.0))
        self._done(site.setUnits("dimensionless"))

    def parameter(
        self,
        name: str,
        value: float | None,
        unit: str,
        says: str,
        sbo: int = 2,
        notes: tuple[str, ...] = (),
        constant: bool = True,
    ) -> None:
        """Add a number, or a variable that a rule moves."""
        added = self._model.createParameter()
        self._describe(added, name, says, sbo, notes)
        self._done(added.setConstant(constant))
        self._done(added.setUnits(unit))
        if value is not None:
            self._done(added.setValue(float(value)))

    def species(self, name: str, amount: float, says: str, sbo: int) -> None:
        """Add an amount of the chain, as a share of one injection's dose."""
        added = self._model.createSpecies()
        self._describe(added, name, says, sbo)
        self._done(added.setCompartment(_SITE))
        self._done(added.setInitialAmount(float(amount)))
        self._done(added.setSubstanceUnits("dimensionless"))
        self._done(added.setHasOnlySubstanceUnits(True))
        self._done(added.setBoundaryCondition(False))
        self._done(added.setConstant(False))

    def reaction(self, name: str, source: str, product: str | None, rate: str, sbo: int) -> None:
        """Add one first-order step from a species to another, or out of the model."""
        added = self._model.createReaction()
        self._describe(added, name, f"{rate} times {source}", sbo)
        self._done(added.setReversible(False))
        for species, make in ((source, added.createReactant), (product, added.createProduct)):
            if species is not None:
                reference = make()
                self._done(reference.setSpecies(species))
                self._done(reference.setStoichiometry(1.0))
                self._done(reference.setConstant(True))
        self._done(added.createKineticLaw().setMath(self._math(f"{rate} * {source}")))

    def function(self, name: str, arguments: tuple[str, ...], formula: str) -> None:
        """Add a function that rules may call."""
        added = self._model.createFunctionDefinition()
        self._describe(added, name, name.replace("_", " "), 64)
        self._done(added.setMath(self._math(f"lambda({', '.join((*arguments, formula))})")))

    def rate_rule(self, variable: str, formula: str) -> None:
        """Add the slope of a variable, per day."""
        rule = self._model.createRateRule()
        self._done(rule.setVariable(variable))
        self._done(rule.setMath(self._math(formula)))

    def assignment_rule(self, variable: str, formula: str) -> None:
        """Add what a variable equals at every time."""
        rule = self._model.createAssignmentRule()
        self._done(rule.setVariable(variable))
        self._done(rule.setMath(self._math(formula)))

    def event(self, name: str, trigger: str, values: Mapping[str, str]) -> None:
        """Add what is set once when a condition becomes true."""
        added = self._model.createEvent()
        self._describe(added, name, name.replace("_", " "), 231)
        self._done(added.setUseValuesFromTriggerTime(True))
        when = added.createTrigger()
        self._done(when.setInitialValue(True))
        self._done(when.setPersistent(True))
        self._done(when.setMath(self._math(trigger)))
        for variable, formula in values.items():
            assignment = added.createEventAssignment()
            self._done(assignment.setVariable(variable))
            self._done(assignment.setMath(self._math(formula)))

    def text(self) -> str:
        """The document as XML."""
        return self._lib.writeSBMLToString(self._document)

    def _unit(self, name: str, parts: Mapping[str, tuple[float, int]]) -> None:
        definition = self._model.createUnitDefinition()
        self._done(definition.setId(name))
        for kind, (multiplier, exponent) in parts.items():
            unit = definition.createUnit()
            self._done(unit.setKind(self._lib.UnitKind_forName(kind)))
            self._done(unit.setMultiplier(multiplier))
            self._done(unit.setExponent(exponent))
            self._done(unit.setScale(0))

    def _describe(
        self, element: Any, name: str, says: str, sbo: int, notes: tuple[str, ...] = ()
    ) -> None:
        self._done(element.setId(name))
        self._done(element.setName(says))
        self._done(element.setSBOTerm(sbo))
        if notes:
            self._done(element.setNotes(notes_xml(*notes)))

    def _math(self, formula: str) -> Any:
        tree = self._lib.parseL3Formula(formula)
        if tree is None:
            raise CannotWrite(f"SBML: {self._lib.getLastParseL3Error()}")
        return tree

    def _done(self, code: int) -> None:
        if code != self._lib.LIBSBML_OPERATION_SUCCESS:
            reason = self._lib.OperationReturnValue_toString(code)
            raise CannotWrite(f"SBML: libsbml refuses an element ({reason}).")
