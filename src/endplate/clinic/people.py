"""Users of a clinic: names, roles, and the credentials with which they may treat."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from endplate.clinic.fields import day, text_of, word_of
from endplate.clinic.store.database import Transaction, latest
from endplate.clinic.store.instant import now, stamp
from endplate.clinic.store.tables import ROLES, credentials, users
from endplate.errors import RecordError

_NAME = re.compile(r"[a-z][a-z0-9._-]{1,39}")


@dataclass(frozen=True)
class User:
    """One user; `disabled` ones neither sign in nor act."""

    id: int
    name: str
    full_name: str
    roles: tuple[str, ...]
    disabled: bool

    def has(self, *roles: str) -> bool:
        """Whether the user has one of some roles."""
        return not self.disabled and bool(set(roles) & set(self.roles))


@dataclass(frozen=True)
class Credential:
    """The right to treat for one indication; a `supervised` one needs a supervisor's signature."""

    id: int
    user_id: int
    indication: str
    number: str
    issuer: str
    expires_on: date
    supervised: bool


def add_user(tx: Transaction, name: str, full_name: str, roles: Sequence[str]) -> int:
    """Add a user, who cannot sign in before a password is set; returns the number.

    Raises
    ------
    RecordError
        The name is taken or none, or a role is not known.
    """
    if not _NAME.fullmatch(name):
        raise RecordError(
            f"name is {name[:60]!r}; allowed are 2 to 40 small letters, digits, dots and dashes, a "
            "letter first."
        )
    if user_by_name(tx.connection, name) is not None:
        raise RecordError(f"there is a user {name} already.")
    values = {
        "name": name,
        "full_name": text_of("full_name", full_name, 120),
        "roles": _roles(roles),
    }
    return tx.add(users, values)


def change_roles(tx: Transaction, user: User, roles: Sequence[str]) -> None:
    """Give a user other roles.

    Raises
    ------
    RecordError
        A role is not known, or nobody would be an administrator.
    """
    if "administrator" not in roles:
        _require_other_administrator(tx.connection, user)
    tx.change(users, user.id, {"roles": _roles(roles)})


def disable(tx: Transaction, user: User) -> None:
    """Keep a user from signing in and acting; the records keep the name.

    Raises
    ------
    RecordError
        The user is the last administrator.
    """
    _require_other_administrator(tx.connection, user)
    tx.change(users, user.id, {"disabled_at": stamp(now())})


def _require_other_administrator(connection: Connection, user: User) -> None:
    others = [u for u in all_users(connection) if u.has("administrator") and u.id != user.id]
    if user.has("administrator") and not others:
        raise RecordError(f"{user.name} is the only administrator; name another one first.")


def add_credential(
    tx: Transaction,
    user: User,
    indication: str,
    number: str,
    issuer: str,
    expires_on: date,
    supervised: bool = False,
) -> int:
    """Add a credential, or the next one for the same indication in place of the one before.

    Raises
    ------
    RecordError
        A field is empty, or the indication is not known.
    """
    use = word_of("indication", indication)
    held = [c for c in credentials_of(tx.connection, user.id) if c.indication == use]
    values = {
        "user_id": user.id,
        "indication": use,
        "number": text_of("number", number, 60),
        "issuer": text_of("issuer", issuer, 120),
        "expires_on": day("expires_on", expires_on),
        "supervised": supervised,
        "supersedes": held[0].id if held else None,
    }
    return tx.add(credentials, values)


def _roles(roles: Sequence[str]) -> str:
    for role in roles:
        if role not in ROLES:
            raise RecordError(f"role is {role[:40]!r}; allowed are {', '.join(ROLES)}.")
    if not roles:
        raise RecordError(f"a user needs a role; allowed are {', '.join(ROLES)}.")
    return ",".join(role for role in ROLES if role in roles)


def all_users(connection: Connection) -> list[User]:
    """Every user, by name."""
    return [_user(row) for row in connection.execute(select(users).order_by(users.c.name))]


def user_by_name(connection: Connection, name: str) -> User | None:
    """User of a name, None where there is none."""
    row = connection.execute(select(users).where(users.c.name == name)).first()
    return _user(row) if row else None


def require_user(connection: Connection, name: str) -> User:
    """User of a name.

    Raises
    ------
    RecordError
        There is none; the sentence names those there are.
    """
    found = user_by_name(connection, name)
    if found is None:
        known = ", ".join(user.name for user in all_users(connection)) or "none yet"
        raise RecordError(f"there is no user {name[:60]!r}; users are {known}.")
    return found


def _user(row: "object") -> User:
    one = row._mapping  # pyright: ignore[reportAttributeAccessIssue]
    return User(
        one["id"],
        one["name"],
        one["full_name"],
        tuple(one["roles"].split(",")),
        one["disabled_at"] is not None,
    )


def credentials_of(connection: Connection, user_id: int) -> list[Credential]:
    """Latest credential of a user for each indication."""
    query = select(credentials).where(credentials.c.user_id == user_id, latest(credentials))
    return [
        Credential(
            row.id,
            row.user_id,
            row.indication,
            row.number,
            row.issuer,
            row.expires_on,
            row.supervised,
        )
        for row in connection.execute(query.order_by(credentials.c.indication))
    ]
