"""Every error of every route has one shape, and tells nothing of the inside."""

import logging

import pytest

from api_client import OPEN, ask, get, post
from endplate.errors import EndplateError, FactsError, PlanFaults
from endplate.web.api import Settings, plan_routes
from endplate.web.api.errors import ErrorResponse, from_endplate
from endplate.web.api.install import interface
from endplate.web.api.requests import EXAMPLE_TEXT

DESCRIBED = interface(OPEN).openapi()
ROUTES = [(path, method) for path, methods in DESCRIBED["paths"].items() for method in methods]
POSTED = [path for path, method in ROUTES if method == "post"]
METHODS = ("DELETE", "PATCH", "PUT", "TRACE", "HEAD")
FILLED = {"{chart}": "upper_face", "{service}": "endplate-order-sign"}


def filled(path: str) -> str:
    for mark, name in FILLED.items():
        path = path.replace(mark, name)
    return path


def refused(answer, status: int, code: str | None = None):
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    if answer.request.method == "HEAD":
        return None
    told = ErrorResponse.model_validate_json(answer.content).error
    assert told.faults
    assert all(told.faults)
    assert code in (None, told.code)
    assert "Traceback" not in answer.text
    return told


def test_there_are_routes_for_every_page():
    assert {"/api/v1/check", "/api/v1/forecast", "/api/v1/discuss", "/api/v1/validate"} <= {
        path for path, _ in ROUTES
    }
    assert len(ROUTES) > 20


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_every_route_tells_what_its_errors_look_like(path, method):
    told = DESCRIBED["paths"][path][method]["responses"]
    shape = {"$ref": "#/components/schemas/ErrorResponse"}
    for status in ("400", "403", "404", "405", "413", "415", "422", "429", "500", "503"):
        assert told[status]["content"]["application/json"]["schema"] == shape


@pytest.mark.parametrize("path", sorted({path for path, _ in ROUTES}))
def test_other_methods_are_refused(path):
    own = {method.upper() for other, method in ROUTES if other == path}
    for method in {*METHODS, "GET", "POST"} - own:
        answer = ask(method, filled(path))
        refused(answer, 405, "method_not_allowed")
        assert set(answer.headers["allow"].split(", ")) == own


@pytest.mark.parametrize("path", POSTED)
def test_what_is_not_json_is_refused(path):
    sent = {"content": b"plan=1"}
    refused(ask("POST", filled(path), **sent), 415, "unsupported_media_type")
    for kind in ("application/x-www-form-urlencoded", "text/plain", "nonsense"):
        answer = ask("POST", filled(path), headers={"content-type": kind}, **sent)
        refused(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize("path", POSTED)
@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[" * 100_000, b'{"plan": }'])
def test_broken_json_is_refused(path, body):
    headers = {"content-type": "application/json"}
    refused(ask("POST", filled(path), content=body, headers=headers), 400)


@pytest.mark.parametrize("path", POSTED)
@pytest.mark.parametrize("body", [[], {}, 3, {"plan": [], "hook": 1, "feedback": 2, "csv": None}])
def test_another_shape_is_refused(path, body):
    refused(post(filled(path), body), 422, "bad_input")


@pytest.mark.parametrize("path", POSTED)
def test_too_much_is_refused(path):
    small = Settings(max_body_bytes=100, max_table_bytes=100)
    answer = ask("POST", filled(path), small, json={"plan": "x" * 200})
    refused(answer, 413, "too_large")


@pytest.mark.parametrize(("path", "method"), ROUTES)
def test_too_often_is_refused(path, method):
    slow = Settings(rate_per_s=0.01, rate_burst=0)
    answer = ask(method.upper(), filled(path), slow)
    refused(answer, 429, "too_many_requests")
    assert int(answer.headers["retry-after"]) == 100


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v1/chek", "/api/v2/check"])
def test_what_is_not_there_says_so(path):
    refused(get(path), 404, "not_found")
    refused(post(path, {}), 404, "not_found")


def test_names_that_are_not_known_say_so():
    refused(get("/api/v1/charts/nose"), 404, "not_found")
    refused(get("/api/v1/vocabulary?kind=nose"), 404, "not_found")
    refused(post("/cds-services/nose", {}), 404, "not_found")
    refused(post("/cds-services/nose/feedback", {"feedback": []}), 404, "not_found")


def test_other_paths_of_the_app_keep_their_own_errors():
    assert get("/page").json() == {"page": "of somebody else"}
    assert get("/apiary").json() == {"detail": "Not Found"}
    assert "content-security-policy" not in get("/page").headers


def test_what_nobody_foresaw_tells_nothing_of_the_inside(monkeypatch, caplog):
    def broken(plan):
        raise RuntimeError("the secret inside")

    monkeypatch.setattr(plan_routes, "check", broken)
    with caplog.at_level(logging.ERROR, logger="endplate.web"):
        answer = post("/api/v1/check", {"plan": EXAMPLE_TEXT})
    told = refused(answer, 500, "internal")
    assert "secret" not in answer.text
    assert told.faults == ["Something went wrong inside the server; it has been logged there."]
    assert "the secret inside" in caplog.text


def test_a_number_that_is_not_finite_is_never_sent(monkeypatch):
    class Endless:
        def as_dict(self):
            return {"level": float("nan")}

    monkeypatch.setattr(plan_routes, "check", lambda plan: Endless())
    answer = post("/api/v1/check", {"plan": EXAMPLE_TEXT})
    refused(answer, 500, "internal")


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"plan": EXAMPLE_TEXT, "people": 0}, "people is 0; it must be at least 1."),
        ({"plan": EXAMPLE_TEXT, "people": 10_001}, "people is 10001; it must be at most 10000."),
        ({"plan": EXAMPLE_TEXT, "days": 29}, "days is 29; it must be at least 30."),
        ({"plan": EXAMPLE_TEXT, "days": 1096}, "days is 1096; it must be at most 1095."),
        ({"plan": EXAMPLE_TEXT, "seed": "1"}, "seed is '1'; it must be a valid integer."),
        ({"plan": EXAMPLE_TEXT, "peple": 1}, "peple is not a known field."),
        ({"people": 1}, "plan is missing."),
        ({"plan": None}, "plan is None; it must be the text of a plan file, or the same tables "
         "as an object."),
        ({"plan": EXAMPLE_TEXT, "name": "../x"}, "name is '../x'; it must fit the pattern "
         "^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$."),
    ],
)  # fmt: skip
def test_a_fault_of_the_request_is_one_sentence(body, sentence):
    told = refused(post("/api/v1/simulate", body), 422, "bad_input")
    assert told.faults == [sentence]


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        ({"patient": {}, "treatment": 3}, "treatment is 3; it must be a table."),
        ({"patient": {"age_y": 1e400}, "treatment": {}}, "patient.age_y is inf;"),
        ({"patient": {"medications": ["\ud800"]}, "treatment": {}}, "plan holds half of"),
        ("x" * 100, "plan is not valid TOML"),
    ],
)
def test_a_fault_of_the_plan_is_one_sentence(plan, sentence):
    import json

    answer = ask(
        "POST",
        "/api/v1/check",
        content=json.dumps({"plan": plan}).encode(),
        headers={"content-type": "application/json"},
    )
    told = refused(answer, 422, "bad_plan")
    assert any(fault.startswith(sentence) for fault in told.faults)


def test_several_plans_say_whose_fault_it_is():
    plans = [{"plan": EXAMPLE_TEXT, "name": "good"}, {"plan": "x = 1", "name": "bad"}]
    told = refused(post("/api/v1/compare", {"plans": plans}), 422, "bad_plan")
    assert told.faults[0].startswith("bad: 'x' is not a known key")


def test_every_error_from_endplate_has_a_status():
    kinds = [EndplateError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    for kind in kinds:
        fault = kind(["one sentence"]) if hasattr(kind("x"), "sentences") else kind("one sentence")
        if type(fault).__mro__[1] is FactsError and kind.__name__ != "FactMissing":
            with pytest.raises(FactsError):
                from_endplate(fault)
        elif kind is not FactsError:
            told = from_endplate(fault)
            assert told.status in (422, 501)
            assert list(told.faults) == ["one sentence"]
    assert from_endplate(PlanFaults(["a", "b"])).faults == ("a", "b")
