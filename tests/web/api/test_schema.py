"""Schemathesis over the whole description: no server error, and every answer as described.

Cases that schemathesis makes up seldom hold a plan that can be read, so each body is also drawn
from plans that are valid by construction.
"""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from api_client import OPEN, ask, post
from endplate.case import Grades, Patient, Plan, Repeat, Site, Treatment
from endplate.facts.vocabulary import preferred_words
from endplate.safety import RULES
from endplate.web.api.install import interface
from endplate.web.api.requests import EXAMPLE_TEXT
from plan_strategies import PLANS, as_filed

SCHEMA = schemathesis.openapi.from_dict(interface(OPEN).openapi())
OPERATIONS = {f"{op.method} {op.path}": op for op in (r.ok() for r in SCHEMA.get_all_operations())}
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
REFUSAL = [*CHECKS, checks.negative_data_rejection]
CALLS = Path(__file__).parent / "cds"
EXAMPLES = {"fast": 10, "slow": 100}
TOO_SLOW = {"get /api/v1/times"}  # simulates every use, whatever is asked
# Sites stay five and the area one, so that every plan runs in one compiled shape.
AMOUNTS = st.floats(0.5, 40).map(lambda value: round(value, 2))


def exactly(examples: int):
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def sent(case):
    """Answer to a case, as this interface gives it in process."""
    given_ = case.as_transport_kwargs(base_url="http://localhost:8000")
    given_ = {name: value for name, value in given_.items() if value is not None}
    given_.pop("cookies", None)
    if "data" in given_:
        given_["content"] = given_.pop("data")
    return ask(given_.pop("method"), given_.pop("url"), **given_)


def tried(name: str, examples: int) -> None:
    operation = OPERATIONS[name]
    drive(operation.as_strategy(generation_mode=GenerationMode.POSITIVE), CHECKS, examples)
    if has_input(operation):
        drive(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE), REFUSAL, examples)


# Rules that a schema cannot say: they hang on two fields, on a product, or on the sense of words.
BETWEEN_FIELDS = (
    "it must be before the date of this treatment",
    "it must be at most [0-9.]+ U of ",
    "it must say in at least 3 words",
    "not_before_d is missing; no label interval",
    "a vial of .* gives .* mL for ",
    "at_mm cannot be used: there is no chart of ",
    "lie .* mm apart; two sites must be",
    "units of two products cannot be mixed",
    "inside the chart",
    "on the midline it must be 0",
    "it must be the sum of the listed sites",
    "no injection to prepare",
    "beside interval_d it must be left out",
    "no plan is named ",
)


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - TOO_SLOW))
def test_what_fits_the_description_is_not_refused(name):
    refused = []

    @exactly(EXAMPLES["fast"])
    @given(OPERATIONS[name].as_strategy(generation_mode=GenerationMode.POSITIVE))
    def run(case):
        answer = sent(case)
        if answer.status_code >= 400 and not is_beyond_schema(case.body, answer.json()["error"]):
            refused.append(answer.text)

    run()
    assert refused == []


def is_beyond_schema(body, error) -> bool:
    """Whether a refusal rests on what the description does not say, and cannot."""
    if error["code"] in ("not_covered", "fact_missing", "bad_table"):
        return True
    plans = body.get("plans", [body]) if isinstance(body, dict) else []
    if any(isinstance(entry.get("plan"), str) for entry in plans):
        return True  # the text of a file: any text fits
    faults = error["faults"]
    return all(any(re.search(rule, fault) for rule in BETWEEN_FIELDS) for fault in faults)


def test_an_operation_is_called_by_a_short_name():
    names = [operation.definition.raw["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z_]{2,20}", name) for name in names)


def drive(cases, held, examples: int) -> None:
    @exactly(examples)
    @given(cases)
    def run(case):
        case.validate_response(sent(case), checks=held)

    run()


def has_input(operation) -> bool:
    raw = operation.definition.raw
    return bool(raw.get("parameters") or raw.get("requestBody"))


@pytest.mark.parametrize("name", sorted(set(OPERATIONS) - TOO_SLOW))
def test_every_operation_keeps_to_its_description(name):
    tried(name, EXAMPLES["fast"])


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_keeps_to_its_description_in_many_cases(name):
    tried(name, EXAMPLES["slow"])


@st.composite
def written(draw, plans):
    plan = draw(plans)
    body = {"plan": plan.dumps()}
    if draw(st.booleans()):
        body = {"plan": post("/api/v1/plan/format", body).json()["plan"]}
    return body


@st.composite
def upper_face(draw):
    """A plan of the upper face with random doses and places."""
    sides = ("midline", "left", "right", "left", "right")
    places = ((0.0, -3.0), (12.0, 6.0), (12.0, 6.0), (27.0, 12.0), (27.0, 12.0))
    shift = st.floats(-3, 3).map(lambda value: round(value, 1))
    sites = tuple(
        Site(draw(AMOUNTS), side, at_mm=(abs(x + draw(shift)) if x else 0.0, y + draw(shift), 4.0))
        for side, (x, y) in zip(sides, places, strict=True)
    )
    patient = Patient(
        age_y=draw(st.none() | st.integers(18, 90).map(float)),
        sex=draw(st.sampled_from(["female", "male"])),
        baseline=Grades({"glabellar_lines": float(draw(st.integers(1, 3)))}),
    )
    diluent_ml = draw(st.sampled_from([1.0, 2.5, 4.0]))
    return Plan(
        patient,
        Treatment(
            date(2026, 11, 22), "onabotulinumtoxinA", ("glabellar_lines",), 100.0, diluent_ml,
            sites=sites,
        ),
    )  # fmt: skip


RULE = st.sampled_from([*RULES, "nothing"])
READ = written(PLANS.map(as_filed))
RUN = written(upper_face())
SHORT = {"people": 16, "days": 60}
NAMES = st.fixed_dictionaries({"name": st.sampled_from(["low", "high"])})


def both(first, second):
    return st.builds(lambda one, other: one | other, first, second)


def several(low, high, plans=READ):
    return st.fixed_dictionaries(
        {"plans": st.lists(both(plans, NAMES), min_size=low, max_size=high)}
    )


QUICK = {
    "check": READ,
    "why": both(READ, st.fixed_dictionaries({"rule": RULE})),
    "prepare": both(READ, st.fixed_dictionaries({"syringe_ml": st.sampled_from([None, 1.0, 3.3])})),
    "vials": several(1, 3),
    "plan/format": READ,
}
HEAVY = {
    "forecast": RUN,
    "simulate": both(RUN, st.just(SHORT)),
    "compare": both(several(2, 2, RUN), st.just(SHORT)),
    "report": both(RUN, st.just(SHORT)),
    "discuss": both(RUN, st.just(SHORT)),
    "export": both(RUN, st.just({"days": 30})),
}


def driven(path: str, bodies, examples: int) -> list[int]:
    """Statuses of a route for bodies that hold plans."""
    statuses = []
    operation = OPERATIONS[f"post /api/v1/{path}"]

    @exactly(examples)
    @given(bodies)
    def run(body):
        case = operation.Case(body=body, media_type="application/json")
        answer = sent(case)
        statuses.append(answer.status_code)
        assert answer.status_code in (200, 422)
        case.validate_response(answer, checks=CHECKS)

    run()
    return statuses


@pytest.mark.parametrize("path", QUICK)
def test_plans_that_can_be_read_are_answered_as_described(path):
    assert 200 in driven(path, QUICK[path], 25)


@pytest.mark.parametrize("path", HEAVY)
def test_plans_that_can_be_run_are_answered_as_described(path):
    assert driven(path, HEAVY[path], 3) == [200] * 3


@pytest.mark.slow
@pytest.mark.parametrize("path", QUICK)
def test_many_plans_are_answered_as_described(path):
    assert 200 in driven(path, QUICK[path], 500)


@pytest.mark.slow
@pytest.mark.parametrize("path", HEAVY)
def test_many_runs_are_answered_as_described(path):
    statuses = driven(path, HEAVY[path], 60)
    assert statuses == [200] * len(statuses)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["simulate", "report", "discuss", "compare"])
def test_any_plan_is_answered_or_refused_as_described(path):
    small = st.just({"people": 8, "days": 60})
    bodies = several(2, 2) if path == "compare" else READ
    assert driven(path, both(bodies, small), 6)


@pytest.mark.slow
def test_repeated_treatments_are_answered_as_described():
    repeated = upper_face().map(lambda plan: replace(plan, repeat=Repeat(3.0, interval_d=90.0)))
    assert driven("simulate", both(written(repeated), st.just(SHORT)), 3) == [200] * 3


@exactly(40)
@given(
    st.sampled_from(preferred_words("product")),
    st.sampled_from(preferred_words("indication")),
    st.sampled_from(["US", "EU", "UK"]),
)
def test_every_template_is_given_or_refused_as_described(product, use, region):
    query = {"product": product, "indication": use, "region": region}
    case = OPERATIONS["get /api/v1/plan/template"].Case(query=query)
    case.validate_response(sent(case), checks=CHECKS)


@pytest.mark.parametrize("kind", ["charts/upper_face", "charts/bladder", "charts/palm"])
def test_every_chart_is_as_described(kind):
    name = kind.partition("/")[2]
    case = OPERATIONS["get /api/v1/charts/{chart}"].Case(path_parameters={"chart": name})
    case.validate_response(sent(case), checks=CHECKS)


ODD = (
    st.none()
    | st.booleans()
    | st.integers(-10, 10**30)
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    | st.just([])
    | st.just({})
    | st.just({"resourceType": "Bundle", "entry": [{"resource": 1}, 2]})
)


@st.composite
def hook_calls(draw):
    """A call with one value of it, anywhere, changed into something odd."""
    name = draw(st.sampled_from(sorted(path.stem for path in CALLS.glob("*.json"))))
    call = json.loads((CALLS / f"{name}.json").read_text(encoding="utf-8"))
    holder, key = draw(st.sampled_from(list(places(call))))
    holder[key] = draw(ODD)
    return name, call


def places(value):
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(entries):
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


def hooked(examples: int) -> list[int]:
    statuses = []

    @exactly(examples)
    @given(hook_calls())
    def run(drawn):
        name, call = drawn
        service = "endplate-patient-view" if name == "patient_view" else "endplate-order-sign"
        operation = OPERATIONS[f"post /cds-services/{service}"]
        try:
            json.dumps(call, allow_nan=False)
        except ValueError:
            assume(False)
        case = operation.Case(body=call, media_type="application/json")
        answer = sent(case)
        statuses.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    run()
    return statuses


def test_a_damaged_call_of_a_hook_is_answered_as_described():
    assert hooked(60).count(200) > 20


@pytest.mark.slow
def test_many_damaged_calls_of_a_hook_are_answered_as_described():
    assert hooked(1500).count(200) > 500


def test_a_damaged_result_still_gets_an_answer():
    result = post("/api/v1/simulate", {"plan": EXAMPLE_TEXT, **SHORT}).json()
    text = json.dumps(result)
    shallow = [key for key in result if key not in ("course", "cycles")]

    @exactly(60)
    @given(st.sampled_from(shallow), ODD, st.booleans())
    def run(key, odd, inside):
        damaged = json.loads(text)
        inner = damaged[key]
        if inside and inner:
            first = next(iter(inner)) if isinstance(inner, dict) else 0
            inner[first] = odd
        else:
            damaged[key] = odd
        try:
            body = json.dumps({"result": damaged}, allow_nan=False)
        except ValueError:
            return
        answer = ask(
            "POST",
            "/api/v1/sources",
            content=body.encode(),
            headers={"content-type": "application/json"},
        )
        assert answer.status_code in (200, 422), answer.text

    run()
