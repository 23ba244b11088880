"""Every role on every route: what the table says, and nothing else."""

import re
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from endplate.web.clinic.guard import Guard
from endplate.web.clinic.permissions import ANYBODY, PERMISSIONS, UPLOADS
from endplate.web.settings import Settings

WHO = {
    "ines": ("injector",),
    "sara": ("injector", "supervisor"),
    "anna": ("assistant",),
    "otto": ("auditor",),
    "ada": ("administrator",),
    None: (),
}


def filled(path: str) -> str:
    """A path with something in its places."""
    return re.sub(r"\{\w+\}", "1", path)


def test_every_route_has_a_row_and_every_row_a_route(served_clinic):
    _, app = served_clinic
    routes = {
        (method, route.path)
        for route in app.routes
        if isinstance(route, Route)
        for method in route.methods or ()
        if method != "HEAD"
    }
    assert routes == set(PERMISSIONS)


@pytest.mark.parametrize("name", list(WHO))
def test_the_matrix_of_roles_and_routes(visitor, name):
    caller = visitor(name)
    for (method, path), roles in PERMISSIONS.items():
        if path == "/clinic/sign-out":
            continue
        where = filled(path)
        if path in UPLOADS:
            got = caller.upload(where, b"")
        else:
            got = caller.get(where) if method == "GET" else caller.post(where)
        allowed = roles == ANYBODY or bool(set(roles) & set(WHO[name]))
        if allowed:
            # a form without its fields is refused later, by what it lacks
            assert got.status_code in {200, 303, 400, 422}, (method, path, got.text)
        elif name is None:
            assert got.status_code == (303 if method == "GET" else 401), (method, path)
        else:
            assert got.status_code == 403, (method, path)
            assert "roles do not allow" in got.text


def test_a_route_without_a_row_is_refused_to_everybody(served_clinic, visitor):
    clinic, _ = served_clinic
    planted = [Route("/clinic/secret", lambda request: PlainTextResponse("secret"))]
    app = Starlette(routes=planted)
    app.add_middleware(Guard, database=clinic.database, routes=planted, settings=Settings())
    for name in WHO:
        caller = replace(visitor(name), app=app)
        got = caller.get("/clinic/secret", accept="*/*")
        assert got.status_code in {401, 403}
        assert "secret" not in got.text


@pytest.mark.parametrize("path", ["/", "/api/v1/check", "/_nicegui_ws/socket.io/", "/anything"])
def test_the_planner_is_behind_the_sign_in_too(visitor, path):
    assert visitor().get(path).status_code == 303
    assert visitor().get(path, accept="*/*").status_code == 401
    assert visitor("otto").get(path).status_code == 403
    # nothing of the planner is served here: the guard let it pass
    assert visitor("ines").get(path).status_code == 404
