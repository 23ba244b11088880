"""Sign-in, sessions, lock-out, forms of other sites."""

import asyncio
import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from endplate.clinic import people
from endplate.clinic.sign_in import (
    IDLE,
    LONGEST,
    REFUSED,
    TRIES,
    TRIES_WITHIN,
    session_of,
    set_password,
    sign_in,
    sign_out,
)
from endplate.clinic.store.instant import now, stamp
from endplate.clinic.store.tables import sessions
from endplate.errors import RecordError
from endplate.web.clinic.guard import Guard
from endplate.web.settings import Settings

PASSWORD = "correct horse battery"
ORIGIN = "http://localhost:8000"


@pytest.fixture
def database(served_clinic):
    clinic, _ = served_clinic
    return clinic.database


def test_a_password_is_kept_as_argon2id_and_a_session_by_its_hash(database):
    token = sign_in(database, "ines", PASSWORD)
    with database.reading() as connection:
        stored = connection.execute(
            text("SELECT password_hash FROM users WHERE name = 'ines'")
        ).scalar_one()
        rows = repr(connection.execute(text("SELECT * FROM sessions")).all())
        trail = repr(connection.execute(text("SELECT * FROM audit")).all())
    assert stored.startswith("$argon2id$")
    assert token not in rows
    assert token not in trail
    assert PASSWORD not in trail


@pytest.mark.parametrize(
    ("name", "password"),
    [("ines", "wrong horse battery"), ("nobody", PASSWORD), ("ines ada", PASSWORD), ("", "")],
)
def test_a_refusal_never_tells_what_was_wrong(database, name, password):
    with pytest.raises(RecordError, match=REFUSED.replace(";", ".")):
        sign_in(database, name, password)


def test_guessing_locks_a_name_for_a_while(database):
    start = now()
    for _ in range(TRIES):
        with pytest.raises(RecordError):
            sign_in(database, "ines", "wrong horse battery", at=start)
    with pytest.raises(RecordError) as refused:
        sign_in(database, "ines", PASSWORD, at=start)
    assert str(refused.value) == REFUSED
    later = start + TRIES_WITHIN + timedelta(seconds=1)
    assert sign_in(database, "ines", PASSWORD, at=later)


def test_a_session_ends_idle_in_any_case_and_when_revoked(database):
    start = now()
    token = sign_in(database, "ines", PASSWORD, at=start)
    assert session_of(database, token, start + IDLE / 2) is not None
    assert session_of(database, token, start + 2 * IDLE) is None
    seen = start
    while seen < start + LONGEST:
        alive = session_of(database, token, seen)
        assert alive is not None
        seen += IDLE / 2
    assert session_of(database, token, start + LONGEST) is None
    other = sign_in(database, "ines", PASSWORD, old_token=token)
    assert session_of(database, token) is None
    with database.writing("console:test") as tx:
        people.disable(tx, people.require_user(tx.connection, "ines"))
    assert session_of(database, other) is None
    assert session_of(database, "made up") is None
    assert session_of(database, "") is None


def test_a_new_password_ends_sessions(database):
    token = sign_in(database, "ines", PASSWORD)
    with database.writing("console:test") as tx:
        set_password(tx, people.require_user(tx.connection, "ines"), "another good password")
    assert session_of(database, token) is None


def test_the_way_in_and_out(visitor, database):
    caller = visitor()
    page = caller.get("/clinic/sign-in")
    assert page.status_code == 200
    wrong = caller.post("/clinic/sign-in", name="ines", password="no")
    assert wrong.status_code == 403
    assert REFUSED in wrong.text
    right = caller.post("/clinic/sign-in", name="ines", password=PASSWORD)
    assert right.status_code == 303
    cookie = right.headers["set-cookie"].lower()
    for word in ("httponly", "samesite=strict", "path=/"):
        assert word in cookie


def test_after_the_sign_out_nothing_is_shown(visitor):
    caller = visitor("ines")
    assert caller.get("/clinic/patients").status_code == 200
    # the browser would forget the cookie; whoever kept it is out too
    assert caller.post("/clinic/sign-out").status_code == 303
    assert caller.get("/clinic/patients").status_code == 303
    assert caller.post("/clinic/find", words="R").status_code == 401


@pytest.mark.parametrize(
    ("origin", "token", "status"),
    [
        ("http://evil.example", None, 403),
        ("null", None, 403),
        ("http://localhost", None, 403),
        (ORIGIN, "", 403),
        (ORIGIN, "other", 403),
        (ORIGIN, None, 200),
    ],
)
def test_a_form_of_another_site_is_refused(visitor, origin, token, status):
    got = visitor("ines").post("/clinic/find", origin=origin, token=token, words="Riv")
    assert got.status_code == status


def test_a_form_without_an_origin_is_refused(visitor):
    assert visitor("ines").post("/clinic/find", origin=None, words="R").status_code == 403


def test_the_socket_of_another_site_is_refused(visitor):
    assert visitor("ines").socket_is_open("/socket", ORIGIN)
    assert not visitor("ines").socket_is_open("/socket", "http://evil.example")
    assert not visitor("otto").socket_is_open("/socket", ORIGIN)
    assert not visitor().socket_is_open("/socket", ORIGIN)


def socket_after(caller, *told):
    """What an open socket passes on and sends; `told` are messages, and acts between them."""
    passed, sent, left = [], [], list(told)

    async def receive():
        while callable(left[0]):
            left.pop(0)()
        return {"type": "websocket.receive", "text": left.pop(0)}

    async def send(message):
        sent.append(message)

    async def behind(scope, receive, send):
        for _ in [one for one in told if not callable(one)]:
            message = await receive()
            passed.append(message.get("text", message["type"]))
            await send({"type": "websocket.send", "text": "a name"})

    headers = [(b"host", b"localhost:8000"), (b"origin", ORIGIN.encode()),
               (b"cookie", caller.cookie.encode())]  # fmt: skip
    scope = {"type": "websocket", "path": "/_nicegui_ws/socket.io/", "headers": headers}
    guard = Guard(behind, caller.app.state.database, [], Settings())
    asyncio.run(guard(scope, receive, send))
    return passed, sent


def token_in(caller):
    return caller.cookie.partition("=")[2]


def test_an_open_socket_is_closed_once_its_session_has_ended(served_clinic, visitor):
    """The page that is still open in another tab, or in somebody else's hands."""
    clinic, _ = served_clinic
    caller = visitor("ines")

    def leave():
        session = session_of(clinic.database, token_in(caller))
        assert session is not None
        sign_out(clinic.database, session)

    act = '42["event",{}]'
    passed, sent = socket_after(caller, act, leave, act, act)
    assert passed == [act, "websocket.disconnect", "websocket.disconnect"]
    assert [one["type"] for one in sent] == ["websocket.send", "websocket.close"]


def test_what_a_browser_sends_by_itself_keeps_no_session_alive(served_clinic, visitor):
    clinic, _ = served_clinic
    caller = visitor("ines")

    def seen(at=None):
        with clinic.database.writing("x") as tx:
            own = sessions.c.token_sha256 == hashlib.sha256(token_in(caller).encode()).hexdigest()
            if at:
                tx.connection.execute(update(sessions).where(own).values(seen_at=stamp(at)))
            return tx.connection.execute(select(sessions.c.seen_at).where(own)).scalar_one()

    early = seen(now() - timedelta(minutes=20))
    answer = "3"  # to the server's ping
    assert socket_after(caller, answer)[0] == [answer]
    assert seen() == early
    act = '42["event",{}]'
    assert socket_after(caller, act)[0] == [act]
    assert seen() > early
    ended = socket_after(caller, lambda: seen(now() - timedelta(minutes=31)), answer)
    assert ended[0] == ["websocket.disconnect"]
    assert socket_after(caller, act)[0] == []  # and none is opened


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"words=" + b"x" * 500_000, "application/x-www-form-urlencoded", 413),
        (b"&".join(b"a=1" for _ in range(1000)), "application/x-www-form-urlencoded", 400),
        (b"words=%ff%fe", "application/x-www-form-urlencoded", 400),
        (b"words=a%00b", "application/x-www-form-urlencoded", 400),
        (b"words", "application/x-www-form-urlencoded", 400),
        (b'{"words": 1}', "application/json", 415),
        (b"--x--", "multipart/form-data; boundary=x", 415),
    ],
)
def test_an_oversized_or_malformed_form_is_refused(visitor, body, kind, status):
    assert visitor("ines").send("/clinic/find", body, kind).status_code == status


def test_another_host_name_is_refused(visitor):
    assert visitor("ines").get("/clinic", host="evil.example").status_code == 421


def changed(caller, current: str, new: str, again: str):
    return caller.post("/clinic/password", current=current, password=new, again=again)


def test_a_user_changes_the_own_password_and_all_sessions_end(served_clinic, visitor):
    clinic, _ = served_clinic
    here, elsewhere = visitor("ines"), visitor("ines")
    assert "New password once more" in here.get("/clinic/password").text
    for current, new, again, sentence in (
        (PASSWORD, "another horse 12", "another horse 13", "the two new passwords differ"),
        ("wrong horse battery", "another horse 12", "another horse 12", REFUSED),
        (PASSWORD, "short", "short", "a password has"),
        (PASSWORD, "ines likes horses", "ines likes horses", "a password has"),
    ):
        refused = changed(here, current, new, again)
        assert refused.status_code == 403
        assert sentence in refused.text
        assert new not in refused.text
    done = changed(here, PASSWORD, "another horse 12", "another horse 12")
    assert (done.status_code, done.headers["location"]) == (303, "/clinic/sign-in")
    for caller in (here, elsewhere):
        assert caller.get("/clinic").status_code == 303
    with pytest.raises(RecordError):
        sign_in(clinic.database, "ines", PASSWORD)
    assert sign_in(clinic.database, "ines", "another horse 12")


def test_guessing_the_current_password_locks_the_name(served_clinic, visitor):
    clinic, _ = served_clinic
    here = visitor("ines")
    for _ in range(TRIES):
        changed(here, "wrong horse battery", "another horse 12", "another horse 12")
    told = changed(here, PASSWORD, "another horse 12", "another horse 12")
    assert REFUSED in told.text
    with pytest.raises(RecordError):
        sign_in(clinic.database, "ines", PASSWORD)
