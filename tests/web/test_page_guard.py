"""Who may open a page's socket: a page of this server, and no page of another origin."""

import http.client
from urllib.parse import urlsplit

import pytest

POLL = "/_nicegui_ws/socket.io/?EIO=4&transport=polling"
SOCKET = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
FOREIGN = ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"})


def asked(served, method, path, headers):
    connection = http.client.HTTPConnection(urlsplit(served).netloc, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, dict((k.lower(), v) for k, v in answer.getheaders())
    finally:
        connection.close()


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", [POLL, SOCKET])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_page_of_another_origin_gets_no_socket(served, path, method, headers):
    is_upgrade = path == SOCKET and method == "GET"
    status, answered = asked(served, method, path, headers | (UPGRADE if is_upgrade else {}))
    assert status == 403
    assert not any(name.startswith("access-control") for name in answered)


@pytest.mark.parametrize("path", [POLL, SOCKET])
def test_another_host_name_gets_no_socket(served, path):
    headers = {"Host": "rebound.example", "Origin": "http://rebound.example"}
    status, _ = asked(served, "GET", path, headers | (UPGRADE if path == SOCKET else {}))
    assert status in (403, 421)


def test_a_page_of_this_server_gets_its_socket(served):
    own = {"Origin": served}
    assert asked(served, "GET", SOCKET, own | UPGRADE)[0] == 101
    status, answered = asked(served, "GET", POLL, own)
    assert status == 200
    assert not any(name.startswith("access-control") for name in answered)


def test_a_page_of_another_origin_may_link_here_and_send_nothing(served):
    assert asked(served, "GET", "/", {"Sec-Fetch-Site": "cross-site"})[0] == 200
    assert asked(served, "POST", "/", {"Origin": "http://evil.example"})[0] == 403


def test_a_page_leaves_with_its_headers(served):
    answered = asked(served, "GET", "/", {})[1]
    assert answered["x-content-type-options"] == "nosniff"
    assert answered["x-frame-options"] == "DENY"
    assert "connect-src 'self';" in answered["content-security-policy"]
    assert "server" not in answered
