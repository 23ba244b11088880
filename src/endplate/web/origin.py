"""Who may call: host names of the server, origins of pages, and security headers."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from endplate.web.settings import Settings

LOCAL = ("localhost", "127.0.0.1", "::1")
# Addresses that stand for all addresses of the machine: no browser calls a server by them.
ANY_ADDRESS = ("", "0.0.0.0", "::")


def host_allowed(host: str, settings: Settings) -> bool:
    """Whether a Host header names this server; a rebound DNS name does not.

    Examples
    --------
    >>> host_allowed("localhost:8610", Settings()), host_allowed("evil.example", Settings())
    (True, False)
    """
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    known = {*LOCAL, *settings.allowed_hosts, settings.host} - {*ANY_ADDRESS}
    return name in {host_name.lower() for host_name in known}


def origin_allowed(headers: Mapping[str, str], settings: Settings) -> bool:
    """Whether a request comes from no page, or from a page of this server or an allowed origin."""
    return headers.get("origin") in settings.allowed_origins or same_origin(headers)


def same_origin(headers: Mapping[str, str]) -> bool:
    """Whether a request comes from no page, or from a page of this server.

    Examples
    --------
    >>> same_origin({"host": "localhost:8610", "origin": "http://localhost:8610"})
    True
    >>> same_origin({"host": "localhost:8610", "origin": "http://localhost:9000"})
    False
    """
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    try:
        address = urlsplit(origin)
    except ValueError:
        return False
    return address.scheme in ("http", "https") and address.netloc == headers.get("host")


def security_headers(page: bool = False) -> dict[str, str]:
    """Headers of a response, or of an HTML page that fetches nothing."""
    policy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    if page:
        policy += "; style-src 'unsafe-inline'; img-src data:"
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
