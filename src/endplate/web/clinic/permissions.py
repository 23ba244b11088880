"""Who may use which route: one table. A route without a row is refused to everybody."""

from endplate.clinic.people import User
from endplate.clinic.store.tables import ROLES

ANYBODY: tuple[str, ...] = ("anybody",)
"""Without a session: the sign-in itself, and the style of its page."""
TREATING = ("injector", "supervisor")
CARING = ("injector", "supervisor", "assistant")
REVIEWING = ("auditor", "administrator")

PERMISSIONS: dict[tuple[str, str], tuple[str, ...]] = {
    ("GET", "/clinic/sign-in"): ANYBODY,
    ("POST", "/clinic/sign-in"): ANYBODY,
    ("GET", "/clinic/oidc"): ANYBODY,
    ("GET", "/clinic/oidc/back"): ANYBODY,
    ("GET", "/clinic/style.css"): ANYBODY,
    ("POST", "/clinic/sign-out"): ROLES,
    ("GET", "/clinic/password"): ROLES,
    ("POST", "/clinic/password"): ROLES,
    ("GET", "/clinic"): ROLES,
    ("GET", "/clinic/patients"): CARING,
    ("POST", "/clinic/patients"): CARING,
    ("POST", "/clinic/find"): CARING,
    ("GET", "/clinic/patients/{subject}"): (*CARING, "auditor"),
    ("POST", "/clinic/patients/{subject}/clearances"): TREATING,
    ("POST", "/clinic/patients/{subject}/consents"): CARING,
    ("POST", "/clinic/patients/{subject}/plans"): TREATING,
    ("POST", "/clinic/patients/{subject}/follow-ups"): CARING,
    ("POST", "/clinic/patients/{subject}/side-effects"): CARING,
    ("POST", "/clinic/patients/{subject}/appointments"): CARING,
    ("POST", "/clinic/patients/{subject}/photos"): CARING,
    ("GET", "/clinic/patients/{subject}/photos/{photo}"): CARING,
    ("POST", "/clinic/patients/{subject}/charts"): ("injector",),
    ("GET", "/clinic/charts/{chart}"): (*TREATING, "auditor"),
    ("POST", "/clinic/charts/{chart}/sites"): ("injector",),
    ("POST", "/clinic/charts/{chart}/untick"): ("injector",),
    ("POST", "/clinic/charts/{chart}/sign"): TREATING,
    ("POST", "/clinic/charts/{chart}/addenda"): TREATING,
    ("GET", "/clinic/stock"): (*CARING, *REVIEWING),
    ("POST", "/clinic/stock"): CARING,
    ("POST", "/clinic/stock/{vial}/open"): CARING,
    ("POST", "/clinic/stock/{vial}/discard"): CARING,
    ("GET", "/clinic/due"): CARING,
    ("GET", "/clinic/audit"): REVIEWING,
    ("POST", "/clinic/recall"): (*TREATING, *REVIEWING),
}
"""Roles by method and path."""

UPLOADS: frozenset[str] = frozenset(("/clinic/patients/{subject}/photos",))
"""Paths whose form carries a file."""

PLANNER: tuple[str, ...] = ("injector", "supervisor", "assistant")
"""Who may use the planner's pages, its socket and its REST interface where there is a clinic."""


def may(user: User | None, roles: tuple[str, ...]) -> bool:
    """Whether a user, or nobody who is signed in, has one of some roles."""
    return roles == ANYBODY or (user is not None and user.has(*roles))
