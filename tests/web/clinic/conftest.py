"""A clinic behind its guard, without the planner's pages, and who is signed in."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from clinic_cases import Clinic, made
from endplate.clinic import people
from endplate.clinic.sign_in import session_of, set_password, sign_in
from endplate.clinic.store import schema
from endplate.clinic.store.database import Database, prepare_file
from endplate.web.clinic.guard import COOKIE, Guard
from endplate.web.clinic.routes import clinic_routes
from endplate.web.page_guard import PageGuard
from endplate.web.settings import Settings

PASSWORD = "correct horse battery"
ORIGIN = "http://localhost:8000"


def ask(method: str, path: str, app: Starlette, **given) -> httpx.Response:
    """Ask the app in process."""

    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            return await client.request(method, path, **given)

    return asyncio.run(asked())


@dataclass
class Visitor:
    """Who calls: the cookie that a browser would send, and the token of its forms."""

    app: Starlette
    cookie: str
    form_token: str

    def get(self, path: str, accept: str = "text/html", **headers: str) -> httpx.Response:
        sent = {"accept": accept, "cookie": self.cookie, **headers}
        return ask("GET", path, app=self.app, headers=sent)

    def post(
        self, path: str, origin: str | None = ORIGIN, token: str | None = None, **fields
    ) -> httpx.Response:
        fields = {"form_token": self.form_token if token is None else token, **fields}
        sent = {"cookie": self.cookie} | ({} if origin is None else {"origin": origin})
        return ask("POST", path, app=self.app, headers=sent, data=fields)

    def upload(self, path: str, content: bytes | None, **fields) -> httpx.Response:
        fields = {"form_token": self.form_token, **fields}
        files = {"picture": ("IMG_0001.jpg", content, "image/jpeg")} if content is not None else {
            "picture": ("", b"", "application/octet-stream")}  # fmt: skip
        sent = {"cookie": self.cookie, "origin": ORIGIN}
        return ask("POST", path, app=self.app, headers=sent, data=fields, files=files)

    def send(self, path: str, body: bytes, kind: str) -> httpx.Response:
        sent = {"cookie": self.cookie, "origin": ORIGIN, "content-type": kind}
        return ask("POST", path, app=self.app, headers=sent, content=body)

    def socket_is_open(self, path: str, origin: str) -> bool:
        """Whether the app takes a socket: whatever lies behind the guard would have to answer."""
        sent: list[dict] = []

        async def receive():
            return {"type": "websocket.connect"}

        async def send(message):
            sent.append(message)

        headers = [(b"host", b"localhost:8000"), (b"origin", origin.encode()),
                   (b"cookie", self.cookie.encode())]  # fmt: skip
        reached = []

        async def behind(scope, receive, send):
            reached.append(scope["path"])

        scope = {"type": "websocket", "path": path, "headers": headers, "state": {}}
        guard = Guard(behind, self.app.state.database, [], Settings())
        asyncio.run(guard(scope, receive, send))
        assert bool(reached) != any(one["type"] == "websocket.close" for one in sent)
        return bool(reached)


@pytest.fixture(scope="session")
def clinic_file(tmp_path_factory) -> tuple[Path, Clinic]:
    """A clinic whose users may sign in, to be copied: hashing passwords takes long."""
    path = tmp_path_factory.mktemp("clinic") / "clinic.db"
    plain = Database.connect(str(path))
    prepare_file(plain)
    schema.migrate(plain)
    clinic = made(plain)
    with plain.writing("console:test") as tx:
        for user in people.all_users(tx.connection):
            set_password(tx, user, PASSWORD)
    # one file, without a log beside it
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path, clinic


@pytest.fixture
def served_clinic(clinic_file, tmp_path) -> Iterator[tuple[Clinic, Starlette]]:
    """A clinic and the app that serves it."""
    path, clinic = clinic_file
    shutil.copyfile(path, tmp_path / "clinic.db")
    plain = Database.connect(str(tmp_path / "clinic.db"))
    database = Database.connect(str(tmp_path / "clinic.db"), pooled=True)
    routes = clinic_routes(database)
    app = Starlette(routes=routes)
    app.state.database = database
    # the pages' own guard reads the body once more, as in the whole app
    app.add_middleware(PageGuard, settings=Settings())
    app.add_middleware(Guard, database=database, routes=routes, settings=Settings())
    yield replace(clinic, database=plain), app
    database.close()


@pytest.fixture
def visitor(served_clinic):
    """Signs somebody in: `visitor("ines")`, or nobody."""
    clinic, app = served_clinic

    def enter(name: str | None = None) -> Visitor:
        if name is None:
            return Visitor(app, "", "")
        token = sign_in(clinic.database, name, PASSWORD)
        session = session_of(clinic.database, token)
        assert session is not None
        return Visitor(app, f"{COOKIE}={token}", session.form_token)

    return enter
