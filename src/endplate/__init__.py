"""Endplate: an open simulator and planner for therapeutic botulinum toxin.

The public names are loaded on first use, so that `import endplate` and a label check stay quick
and never load the simulator.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from endplate._version import __version__

if TYPE_CHECKING:
    from endplate.case import Plan as Plan
    from endplate.forecast import simulate as simulate
    from endplate.safety import check as check
    from endplate.trials import Trial as Trial

_WHERE = {
    "Plan": "endplate.case",
    "Trial": "endplate.trials",
    "check": "endplate.safety",
    "simulate": "endplate.forecast",
}

__all__ = ["Plan", "Trial", "__version__", "check", "simulate"]


def __getattr__(name: str) -> Any:
    """Load a public name from its room."""
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'endplate' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Public names, loaded or not."""
    return sorted(__all__)
