"""Endplate: an open simulator and planner for therapeutic botulinum toxin.

The public names are loaded on first use, so that `import endplate` and a label check stay quick
and never load the simulator.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from endplate._version import __version__

if TYPE_CHECKING:
    from endplate.api import calibrate as calibrate
    from endplate.api import check as check
    from endplate.api import compare as compare
    from endplate.api import personalise as personalise
    from endplate.api import sensitivity as sensitivity
    from endplate.api import simulate as simulate
    from endplate.api import validate as validate
    from endplate.case import DEMO_PLAN as DEMO_PLAN
    from endplate.case import Plan as Plan
    from endplate.errors import EndplateError as EndplateError
    from endplate.model import Model as Model
    from endplate.model import Parameters as Parameters
    from endplate.results.result import Result as Result
    from endplate.trials import Trial as Trial

_WHERE = {
    "DEMO_PLAN": "endplate.case",
    "EndplateError": "endplate.errors",
    "Model": "endplate.model",
    "Parameters": "endplate.model",
    "Plan": "endplate.case",
    "Result": "endplate.results.result",
    "Trial": "endplate.trials",
    "calibrate": "endplate.api",
    "check": "endplate.api",
    "compare": "endplate.api",
    "personalise": "endplate.api",
    "sensitivity": "endplate.api",
    "simulate": "endplate.api",
    "validate": "endplate.api",
}

__all__ = [
    "DEMO_PLAN",
    "EndplateError",
    "Model",
    "Parameters",
    "Plan",
    "Result",
    "Trial",
    "__version__",
    "calibrate",
    "check",
    "compare",
    "personalise",
    "sensitivity",
    "simulate",
    "validate",
]


class _Package(ModuleType):
    """The package, in which a public function hides the subpackage of its name.

    An import of `endplate.sensitivity` binds that name here; the function stays, and what is in the
    subpackage is imported from it as ever.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _WHERE and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    """Load a public name from its room."""
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'endplate' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Public names, loaded or not."""
    return sorted(__all__)
