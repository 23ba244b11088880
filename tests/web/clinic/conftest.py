"""A clinic behind its guard, without the planner's pages, and who is signed in."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from starlette.applications import Starlette

from api_client import ask
from clinic_cases import Clinic, made
from endplate.clinic import people
from endplate.clinic.sign_in import session_of, set_password, sign_in
from endplate.clinic.store import schema
from endplate.clinic.store.database import Database, prepare_file
from endplate.web.clinic.guard import COOKIE, Guard
from endplate.web.clinic.routes import clinic_routes
from endplate.web.settings import Settings

PASSWORD = "correct horse battery"
ORIGIN = "http://localhost:8000"


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


@pytest.fixture
def served_clinic(tmp_path) -> Iterator[tuple[Clinic, Starlette]]:
    """A clinic and the app that serves it."""
    plain = Database.connect(str(tmp_path / "clinic.db"))
    prepare_file(plain)
    schema.migrate(plain)
    clinic = made(plain)
    database = Database.open(str(tmp_path / "clinic.db"), pooled=True)
    routes = clinic_routes(database)
    app = Starlette(routes=routes)
    app.state.database = database
    app.add_middleware(Guard, database=database, routes=routes, settings=Settings())
    yield clinic, app
    database.close()


@pytest.fixture
def visitor(served_clinic):
    """Signs somebody in: `visitor("ines")`, or nobody."""
    clinic, app = served_clinic

    def enter(name: str | None = None) -> Visitor:
        if name is None:
            return Visitor(app, "", "")
        with clinic.database.writing("console:test") as tx:
            set_password(tx, people.require_user(tx.connection, name), PASSWORD)
        token = sign_in(clinic.database, name, PASSWORD)
        session = session_of(clinic.database, token)
        assert session is not None
        return Visitor(app, f"{COOKIE}={token}", session.form_token)

    return enter
