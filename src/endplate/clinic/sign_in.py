"""Passwords and sessions: argon2id, a random session whose hash alone is stored, lock-out.

Whoever fails to sign in is not told what was wrong: the name, the password, or too many tries.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select, update

from endplate.clinic.people import User, all_users, require_user, user_by_name
from endplate.clinic.store.database import Database, Transaction
from endplate.clinic.store.instant import moment_of, now, stamp
from endplate.clinic.store.tables import sessions, sign_in_attempts, users
from endplate.errors import RecordError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_SEEN_EVERY = timedelta(seconds=60)  # a look at a page need not write each time
TRIES = 5
TRIES_WITHIN = timedelta(minutes=15)
LEAST_PASSWORD, _MOST_PASSWORD = 12, 200
REFUSED = "The name or the password is not right, or there were too many tries; try again later."


@dataclass(frozen=True)
class SignedIn:
    """One session: whose, and the token that every form of it carries."""

    user: User
    form_token: str
    token_sha256: str


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher

    return PasswordHasher()  # argon2id, with the parameters of RFC 9106 for little memory


@cache
def _decoy() -> str:
    return _hasher().hash(secrets.token_urlsafe())


def set_password(tx: Transaction, user: User, password: str) -> None:
    """Set a user's password; sessions that are open end.

    Raises
    ------
    RecordError
        It is too short, too long, or the user's own name.
    """
    if not LEAST_PASSWORD <= len(password) <= _MOST_PASSWORD or user.name in password.casefold():
        raise RecordError(
            f"a password has {LEAST_PASSWORD} to {_MOST_PASSWORD} characters and does not hold the "
            "user's name."
        )
    tx.change(users, user.id, {"password_hash": _hasher().hash(password)})
    end_sessions(tx, user)


def end_sessions(tx: Transaction, user: User) -> None:
    """End all sessions of a user."""
    open_ones = (sessions.c.user_id == user.id) & sessions.c.revoked_at.is_(None)
    tx.connection.execute(update(sessions).where(open_ones).values(revoked_at=stamp(now())))


def _matches(stored: str | None, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        # A name that nobody has takes as long as one that somebody has.
        right = _hasher().verify(stored or _decoy(), password[:_MOST_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return right and stored is not None


def sign_in(
    database: Database, name: str, password: str, old_token: str = "", at: datetime | None = None
) -> str:
    """Start a session; returns its token, which is stored nowhere.

    Parameters
    ----------
    database : Database
        The clinic's.
    name, password : str
        What was typed.
    old_token : str
        Token that the browser sent: that session ends, whoever's it is.
    at : datetime
        When; now unless given.

    Raises
    ------
    RecordError
        Refused, without which part was wrong.
    """
    at = at or now()
    typed = name.strip().casefold()
    with database.reading() as connection:
        locked = _locked(connection, typed, at)
        user = user_by_name(connection, typed)
        stored = connection.execute(
            select(users.c.password_hash).where(users.c.name == typed)
        ).scalar()
    # The slow part, outside of the writer's turn.
    right = _matches(stored, password) and user is not None and not user.disabled
    with database.writing(user.name if user and right else "nobody") as tx:
        # tries that came in at the same time count too
        passed = right and not locked and not _locked(tx.connection, typed, at)
        tx.connection.execute(
            insert(sign_in_attempts).values(
                name_sha256=_hash(typed), at=stamp(at), succeeded=passed
            )
        )
        if user is not None:
            tx.note("sign_in" if passed else "sign_in_refused", "users", user.id)
        token = _new_session(tx, user, old_token, at) if passed and user is not None else ""
    if not token:
        raise RecordError(REFUSED)
    return token


def start_session(database: Database, name: str, old_token: str = "") -> str:
    """Start a session of a user for whom a provider vouches; returns its token.

    Parameters
    ----------
    database : Database
        The clinic's.
    name : str
        Name of the user.
    old_token : str
        Token that the browser sent: that session ends, whoever's it is.

    Raises
    ------
    RecordError
        There is no such user, or they are disabled.
    """
    with database.writing(name) as tx:
        user = user_by_name(tx.connection, name)
        if user is not None and not user.disabled:
            tx.note("sign_in", "users", user.id, by="oidc")
            return _new_session(tx, user, old_token, now())
    raise RecordError(REFUSED)


def _new_session(tx: Transaction, user: User, old_token: str, at: datetime) -> str:
    if old_token:
        before = sessions.c.token_sha256 == _hash(old_token)
        tx.connection.execute(update(sessions).where(before).values(revoked_at=stamp(at)))
    token = secrets.token_urlsafe(32)
    tx.connection.execute(
        insert(sessions).values(
            token_sha256=_hash(token),
            user_id=user.id,
            form_token=secrets.token_urlsafe(32),
            started_at=stamp(at),
            seen_at=stamp(at),
            ends_at=stamp(at + LONGEST),
        )
    )
    return token


def _locked(connection: Connection, name: str, at: datetime) -> bool:
    """Whether the last tries of a name failed too often."""
    mine = sign_in_attempts.c.name_sha256 == _hash(name)
    last_right = connection.execute(
        select(func.max(sign_in_attempts.c.at)).where(mine, sign_in_attempts.c.succeeded)
    ).scalar()
    since = max(stamp(at - TRIES_WITHIN), last_right or "")
    failed = select(func.count()).where(
        mine, sign_in_attempts.c.at > since, ~sign_in_attempts.c.succeeded
    )
    return connection.execute(failed).scalar_one() >= TRIES


def session_of(
    database: Database, token: str, at: datetime | None = None, is_use: bool = True
) -> SignedIn | None:
    """Session of a token, None where there is none or it has ended.

    Parameters
    ----------
    database : Database
        The clinic's.
    token : str
        What the browser sent.
    at : datetime
        When; now unless given.
    is_use : bool
        Whether somebody does something: the time without use then begins anew.
    """
    at = at or now()
    if not token:
        return None
    with database.reading() as connection:
        query = select(sessions).where(sessions.c.token_sha256 == _hash(token))
        row = connection.execute(query).first()
        if row is None or not _alive(row, at):
            return None
        user = next((u for u in all_users(connection) if u.id == row.user_id), None)
    if user is None or user.disabled:
        return None
    if is_use and at - moment_of(row.seen_at) >= _SEEN_EVERY:
        with database.writing(user.name) as tx:
            own = sessions.c.token_sha256 == row.token_sha256
            tx.connection.execute(update(sessions).where(own).values(seen_at=stamp(at)))
    return SignedIn(user, row.form_token, row.token_sha256)


def _alive(row: Any, at: datetime) -> bool:
    return (
        row.revoked_at is None
        and at < moment_of(row.ends_at)
        and at - moment_of(row.seen_at) < IDLE
    )


def sign_out(database: Database, session: SignedIn) -> None:
    """End a session."""
    with database.writing(session.user.name) as tx:
        own = sessions.c.token_sha256 == session.token_sha256
        tx.connection.execute(update(sessions).where(own).values(revoked_at=stamp(now())))
        tx.note("sign_out", "users", session.user.id)


def change_password(database: Database, name: str, password: str, actor: str) -> None:
    """Set the password of a user of a name, as an administrator does."""
    with database.writing(actor) as tx:
        set_password(tx, require_user(tx.connection, name), password)


def change_own_password(database: Database, user: User, current: str, password: str) -> None:
    """Set a user's own password; all sessions of the user end.

    The current one is tried as at a sign-in: wrong ones lock the name.

    Raises
    ------
    RecordError
        The current password is wrong or the name is locked, or the new one may not be.
    """
    sign_in(database, user.name, current)
    with database.writing(user.name) as tx:
        set_password(tx, user, password)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
