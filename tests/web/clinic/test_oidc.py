"""Sign-in by OpenID Connect, against a provider on this machine that also lies."""

import asyncio
import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from starlette.applications import Starlette

from endplate.clinic import people
from endplate.clinic.store import audit
from endplate.errors import EndplateError
from endplate.web.clinic.guard import COOKIE, Guard
from endplate.web.clinic.oidc import BACK, REFUSED, Provider, settings_of
from endplate.web.clinic.routes import OIDC_COOKIE, clinic_routes
from endplate.web.settings import Settings

pytest.importorskip("authlib")
jwt = pytest.importorskip("joserfc.jwt")
ADDRESS, CLIENT = "http://localhost:8000", "clinic"


class FakeProvider:
    """Answers as a provider does; `claims`, `header` and `key` change what it vouches for."""

    def __init__(self) -> None:
        from joserfc.jwk import RSAKey

        self.key = self.published = RSAKey.generate_key(2048, {"kid": "one"})
        self.claims: dict = {}
        self.header = {"alg": "RS256", "kid": "one"}
        self.token: str | None = None
        self.document: dict = {}
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                fake.answer(self, "")

            def do_POST(self) -> None:
                size = int(self.headers.get("content-length", 0))
                fake.answer(self, self.rfile.read(size).decode())

            def log_message(self, *_) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def consent(self, address: str) -> dict[str, str]:
        """Somebody signs in at the address: what the browser is sent back with."""
        asked = {k: v for k, (v,) in parse_qs(urlsplit(address).query).items()}
        assert (asked["response_type"], asked["scope"]) == ("code", "openid")
        assert asked["code_challenge_method"] == "S256"
        assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT, ADDRESS + BACK)
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return {"state": asked["state"], "code": code}

    def answer(self, request: BaseHTTPRequestHandler, body: str) -> None:
        path = urlsplit(request.path).path
        self.asked.append(path)
        told = {
            "/.well-known/openid-configuration": self._discovery,
            "/jwks": lambda _: {"keys": [self.published.as_dict(private=False)]},
            "/token": self._tokens,
        }[path](dict(parse_qsl(body)))
        content = json.dumps(told).encode()
        request.send_response(400 if "error" in told else 200)
        request.send_header("content-type", "application/json")
        request.send_header("content-length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def _discovery(self, _) -> dict:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            **self.document,
        }

    def _tokens(self, form: dict[str, str]) -> dict:
        asked = self._codes.pop(form["code"], None)
        sum_ = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(sum_).decode().rstrip("=")
        if asked is None or challenge != asked["code_challenge"]:
            return {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "sub": "s-ines", "nonce": asked["nonce"],
                  "iat": now, "exp": now + 300} | self.claims  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        token = self.token or jwt.encode(self.header, claims, self.key, [self.header["alg"]])
        return {"access_token": "x", "token_type": "Bearer", "id_token": token}


@pytest.fixture
def fake():
    made = FakeProvider()
    yield made
    made.close()


@pytest.fixture
def environment(fake, tmp_path):
    table = tmp_path / "subjects.csv"
    table.write_text("subject,user\ns-ines,ines\ns-gone,nobody_here\ns-anna,anna\n")
    return {
        "ENDPLATE_OIDC_ISSUER": fake.issuer,
        "ENDPLATE_OIDC_CLIENT_ID": CLIENT,
        "ENDPLATE_OIDC_ADDRESS": ADDRESS,
        "ENDPLATE_OIDC_SUBJECTS": str(table),
    }


class Browser:
    """Cookies of one browser, and the app."""

    def __init__(self, app) -> None:
        self._app, self.cookies = app, httpx.Cookies()

    def get(self, path: str, **query: str) -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(
                transport=transport, base_url=ADDRESS, cookies=self.cookies
            ) as client:
                got = await client.get(path, params=query, headers={"accept": "text/html"})
                self.cookies = client.cookies
                return got

        return asyncio.run(asked())


@pytest.fixture
def app(served_clinic, environment):
    clinic, _ = served_clinic
    settings = settings_of(environment)
    assert settings is not None
    routes = clinic_routes(clinic.database, False, Provider(settings))
    made = Starlette(routes=routes)
    made.add_middleware(Guard, database=clinic.database, routes=routes, settings=Settings())
    return made


def sign_in_at(fake, browser, **changed) -> httpx.Response:
    sent = browser.get("/clinic/oidc")
    assert sent.status_code == 303
    return browser.get(BACK, **{**fake.consent(sent.headers["location"]), **changed})


def refused(got: httpx.Response, browser) -> None:
    assert got.status_code == 403
    assert REFUSED in got.text
    assert COOKIE not in browser.cookies


def test_a_user_is_signed_in_by_their_subject(app, fake, served_clinic):
    browser = Browser(app)
    assert 'href="/clinic/oidc"' in browser.get("/clinic/sign-in").text
    got = sign_in_at(fake, browser)
    assert (got.status_code, "You are signed in" in got.text) == (200, True)
    cookie = next(c for c in got.headers.get_list("set-cookie") if c.startswith(f"{COOKIE}="))
    assert {"HttpOnly", "SameSite=strict"} <= {one.strip() for one in cookie.split(";")}
    assert browser.get("/clinic").status_code == 200
    with served_clinic[0].database.reading() as connection:
        rows = [(row["actor"], row["action"]) for row in audit.rows_about(connection, None, 9)]
    assert ("ines", "sign_in") in rows
    assert OIDC_COOKIE not in browser.cookies


def test_state_belongs_to_one_try_of_one_browser(app, fake):
    browser, other = Browser(app), Browser(app)
    back = fake.consent(browser.get("/clinic/oidc").headers["location"])
    refused(other.get(BACK, **back), other)  # whoever is made to follow another's link
    refused(browser.get(BACK, **back), browser)  # and the try is used up
    again = Browser(app)
    told = fake.consent(again.get("/clinic/oidc").headers["location"])
    kept = again.cookies
    assert again.get(BACK, **told).status_code == 200
    again.cookies = kept
    again.cookies.delete(COOKIE)
    refused(again.get(BACK, **told), again)
    for query in ({}, {"state": "x"}, {"code": "x"}, {"error": "access_denied"}):
        refused(other.get(BACK, **query), other)


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"iss": "http://127.0.0.1:1"},
        {"exp": 1},
        {"exp": None},
        {"sub": "s-stranger"},
        {"sub": "s-gone"},
        {"sub": None},
    ],
    ids=str,
)
def test_what_the_provider_must_vouch_for(app, fake, claims):
    fake.claims = claims
    browser = Browser(app)
    refused(sign_in_at(fake, browser), browser)


def test_a_token_must_be_signed_by_the_provider(app, fake):
    from joserfc.jwk import OctKey, RSAKey

    def unsigned(text: str) -> str:
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    now = int(time.time())
    claims = {"iss": fake.issuer, "aud": CLIENT, "sub": "s-ines", "iat": now, "exp": now + 300}
    tokens = {
        "alg none": f"{unsigned(json.dumps({'alg': 'none'}))}.{unsigned(json.dumps(claims))}.",
        "no token": "x.y.z",
    }
    for token in tokens.values():
        fake.token = token
        browser = Browser(app)
        refused(sign_in_at(fake, browser), browser)
    fake.token = None
    # the public key as a shared secret
    fake.header = {"alg": "HS256", "kid": "one"}
    fake.key = OctKey.import_key(json.dumps(fake.published.as_dict(private=False)))
    browser = Browser(app)
    refused(sign_in_at(fake, browser), browser)
    fake.header, fake.key = {"alg": "RS256", "kid": "one"}, RSAKey.generate_key(2048)
    browser = Browser(app)
    refused(sign_in_at(fake, browser), browser)


def test_a_disabled_user_stays_outside(app, fake, served_clinic):
    with served_clinic[0].database.writing("console:test") as tx:
        people.disable(tx, people.require_user(tx.connection, "ines"))
    browser = Browser(app)
    refused(sign_in_at(fake, browser), browser)


def test_a_wrong_code_gets_no_token(app, fake):
    browser = Browser(app)
    with pytest.raises(KeyError):
        fake._codes["other"]
    refused(sign_in_at(fake, browser, code="other"), browser)


@pytest.mark.parametrize(
    "document",
    [{"issuer": "http://127.0.0.1:1"}, {"token_endpoint": "http://elsewhere.example/token"}],
    ids=str,
)
def test_a_provider_that_says_it_is_another_is_not_asked(app, fake, document):
    fake.document = document
    got = Browser(app).get("/clinic/oidc")
    assert (got.status_code, "cannot be reached" in got.text) == (503, True)
    assert set(fake.asked) == {"/.well-known/openid-configuration"}


def test_it_is_off_unless_it_is_set_up(visitor):
    assert settings_of({}) is None
    assert "organisation" not in visitor().get("/clinic/sign-in").text
    for path in ("/clinic/oidc", BACK):
        got = visitor().get(path)
        assert (got.status_code, "is not set up here" in got.text) == (422, True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"ENDPLATE_OIDC_CLIENT_ID": ""}, "but not ENDPLATE_OIDC_CLIENT_ID"),
        ({"ENDPLATE_OIDC_ISSUER": "http://id.example"}, "allowed are addresses that begin with"),
        ({"ENDPLATE_OIDC_ADDRESS": "clinic.example"}, "ENDPLATE_OIDC_ADDRESS is 'clinic.example'"),
        ({"ENDPLATE_OIDC_SUBJECTS": "/no/such.csv"}, "There is no file /no/such.csv"),
    ],
)
def test_a_setting_that_cannot_be_is_told_at_the_start(environment, changes, sentence):
    with pytest.raises(EndplateError, match=sentence) as fault:
        settings_of({**environment, **changes})
    assert "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ("sub,user\na,b\n", "lacks a column; needed are subject, user"),
        ("subject,user\na,\n", "line 2 of .*: subject and user are both needed"),
        ("subject,user\na,b\na,c\n", "line 3 of .*: this subject is there twice"),
    ],
)
def test_a_faulty_table_of_subjects_is_told_at_the_start(environment, tmp_path, table, sentence):
    (tmp_path / "subjects.csv").write_text(table)
    with pytest.raises(EndplateError, match=sentence):
        settings_of(environment)
