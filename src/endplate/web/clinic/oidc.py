"""Sign-in by OpenID Connect: off unless the environment names a provider.

Authorisation code with PKCE; state and nonce belong to one try of one browser. Who the provider
vouches for is a user here only where a table names the subject: nobody is made by signing in.
"""

import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlsplit

from endplate.errors import EndplateError, RecordError
from endplate.extras import required
from endplate.files.csv_table import read_csv

BACK = "/clinic/oidc/back"
TRY_S = 600  # in which somebody must have signed in at the provider
_MOST_TRIES = 1000
_TIMEOUT_S = 10.0
_FRESH_S = 3600.0  # after which the provider's addresses are asked for again
_LEEWAY_S = 60
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_NAMES = {
    "issuer": "ENDPLATE_OIDC_ISSUER",
    "client_id": "ENDPLATE_OIDC_CLIENT_ID",
    "address": "ENDPLATE_OIDC_ADDRESS",
    "subjects": "ENDPLATE_OIDC_SUBJECTS",
}
_SECRET = "ENDPLATE_OIDC_CLIENT_SECRET"
REFUSED = "The sign-in at your organisation did not succeed; try again, or ask an administrator."


@dataclass(frozen=True)
class OidcSettings:
    """The provider (`issuer`), this clinic there (`client_id`), and who is who here.

    `address` is what browsers call this server, as https://clinic.example; `subjects` a CSV with
    the columns `subject` and `user`. Without `client_secret` it is a public client: PKCE alone.
    """

    issuer: str
    client_id: str
    address: str
    subjects: Path
    client_secret: str = ""


def settings_of(environment: Mapping[str, str]) -> OidcSettings | None:
    """Settings in an environment; None where it names no issuer.

    Raises
    ------
    EndplateError
        A setting is missing, or no address that may be called.
    """
    given = {name: environment.get(key, "").strip() for name, key in _NAMES.items()}
    if not given["issuer"]:
        return None
    missing = [key for name, key in _NAMES.items() if not given[name]]
    if missing:
        raise EndplateError(f"{_NAMES['issuer']} is set, but not {', '.join(missing)}.")
    for name in ("issuer", "address"):
        if not _may_be_called(given[name]):
            raise EndplateError(
                f"{_NAMES[name]} is {given[name][:80]!r}; allowed are addresses that begin with "
                "https://, and http:// on this machine alone."
            )
    settings = OidcSettings(
        given["issuer"],
        given["client_id"],
        given["address"].rstrip("/"),
        Path(given["subjects"]),
        environment.get(_SECRET, ""),
    )
    users_by_subject(settings.subjects)
    return settings


def users_by_subject(path: Path) -> dict[str, str]:
    """Names of users by the provider's subject.

    Raises
    ------
    EndplateError
        The file is no such table; the sentence names no subject.
    """
    table = read_csv(path)
    if not {"subject", "user"} <= set(table.columns):
        raise EndplateError(f"{path} lacks a column; needed are subject, user.")
    found: dict[str, str] = {}
    for line, row in table.rows:
        if not row["subject"] or not row["user"]:
            raise EndplateError(f"line {line} of {path.name}: subject and user are both needed.")
        if row["subject"] in found:
            raise EndplateError(f"line {line} of {path.name}: this subject is there twice.")
        found[row["subject"]] = row["user"].casefold()
    return found


def _may_be_called(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    plain = parts.scheme == "http" and host in _LOOPBACK
    return bool(host) and (parts.scheme == "https" or plain) and not parts.query


@dataclass(frozen=True)
class _Try:
    nonce: str
    verifier: str
    ends_s: float


class Provider:
    """One provider: where a browser is sent, and whom it vouches for when the browser is back.

    Parameters
    ----------
    settings : OidcSettings
        As the environment has them.
    """

    def __init__(self, settings: OidcSettings) -> None:
        for package in ("authlib", "httpx", "joserfc"):
            required(package, "oidc", "Sign-in by OpenID Connect")
        self._settings = settings
        self._tries: dict[str, _Try] = {}
        self._found: tuple[float, dict[str, Any]] | None = None
        self._lock = threading.Lock()

    def begin(self) -> tuple[str, str]:
        """Start a try; the address at the provider, and the state that the browser must keep.

        Raises
        ------
        RecordError
            The provider cannot be asked.
        """
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        document = self._document()
        state = secrets.token_urlsafe(32)
        now = _Try(secrets.token_urlsafe(32), secrets.token_urlsafe(64), time.monotonic() + TRY_S)
        with self._lock:
            alive = {k: v for k, v in self._tries.items() if v.ends_s > time.monotonic()}
            # the oldest give way: whoever floods this locks out nobody but themselves
            self._tries = dict(list(alive.items())[-(_MOST_TRIES - 1) :]) | {state: now}
        address = prepare_grant_uri(
            document["authorization_endpoint"],
            client_id=self._settings.client_id,
            response_type="code",
            redirect_uri=self._settings.address + BACK,
            scope="openid",
            state=state,
            nonce=now.nonce,
            code_challenge=create_s256_code_challenge(now.verifier),
            code_challenge_method="S256",
        )
        return address, state

    def finish(self, state: str, kept_state: str, code: str) -> str:
        """Name of the user whom the provider vouches for.

        Parameters
        ----------
        state, code : str
            What the provider sent the browser back with.
        kept_state : str
            What the browser kept.

        Raises
        ------
        RecordError
            The try is not this browser's, the provider vouches for nobody, or for no user.
        """
        with self._lock:
            now = self._tries.pop(state, None)  # of one use, whatever comes of it
        same = bool(state) and secrets.compare_digest(state.encode(), kept_state.encode())
        if now is None or not same or not code or now.ends_s < time.monotonic():
            raise RecordError(REFUSED)
        subject = self._subject(now, code)
        user = users_by_subject(self._settings.subjects).get(subject)
        if user is None:
            raise RecordError(REFUSED)
        return user

    def _subject(self, now: _Try, code: str) -> str:
        import httpx
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        document = self._document()
        try:
            tokens = self._tokens(document["token_endpoint"], code, now.verifier)
            keys = KeySet.import_key_set(_json_at(document["jwks_uri"]))
            token = jwt.decode(str(tokens["id_token"]), keys, algorithms=list(_ALGORITHMS))
            jwt.JWTClaimsRegistry(
                leeway=_LEEWAY_S,
                iss={"essential": True, "value": self._settings.issuer},
                aud={"essential": True, "value": self._settings.client_id},
                nonce={"essential": True, "value": now.nonce},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
            ).validate(token.claims)
        except (
            httpx.HTTPError, httpx.InvalidURL, JoseError, ValueError, KeyError, TypeError,
        ):  # fmt: skip
            raise RecordError(REFUSED) from None
        # of several audiences the one that asked must be named (OpenID Connect Core 3.1.3.7)
        party = token.claims.get("azp", self._settings.client_id)
        if party != self._settings.client_id:
            raise RecordError(REFUSED)
        return str(token.claims["sub"])

    def _document(self) -> dict[str, Any]:
        """Where the provider's endpoints are, as it publishes them."""
        import httpx

        if self._found is not None and time.monotonic() - self._found[0] < _FRESH_S:
            return self._found[1]
        address = self._settings.issuer.rstrip("/") + "/.well-known/openid-configuration"
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        try:
            document = _json_at(address)
            ours = document["issuer"] == self._settings.issuer
            sound = ours and all(_may_be_called(str(document[name])) for name in needed)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
            sound, document = False, {}
        if not sound:
            raise RecordError(
                "The sign-in at your organisation cannot be reached; try again later."
            )
        self._found = time.monotonic(), document
        return document

    def _tokens(self, address: str, code: str, verifier: str) -> dict[str, Any]:
        import httpx

        given = self._settings
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": given.address + BACK,
            "code_verifier": verifier,
        }
        auth = None
        if given.client_secret:  # as RFC 6749 2.3.1 has it: both are form-encoded first
            auth = quote_plus(given.client_id), quote_plus(given.client_secret)
        else:
            form["client_id"] = given.client_id
        answer = httpx.post(
            address, data=form, auth=auth, timeout=_TIMEOUT_S, follow_redirects=False
        )
        answer.raise_for_status()
        return answer.json()


def _json_at(address: str) -> Any:
    import httpx

    answer = httpx.get(address, timeout=_TIMEOUT_S, follow_redirects=False)
    answer.raise_for_status()
    return answer.json()
