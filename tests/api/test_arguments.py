"""A wrong argument of any public function is one clear sentence, never a fault from inside."""

import inspect
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import endplate
from endplate import DEMO_PLAN, EndplateError
from endplate.testing import check_hypothesis, faults_of

PLAN = endplate.Plan.load(DEMO_PLAN)
TRIAL = endplate.Trial.example("glabellar_lines")
RESULT = endplate.Result.from_dict(
    {
        "provenance": {"people": 8, "seed": 1, "days": 60},
        "plan": {"product": "onabotulinumtoxinA", "indications": ["forehead_lines"], "dose_u": 20},
    }
)


class Odd:
    """Nothing that any function takes."""

    def __repr__(self) -> str:
        return "Odd()"


NUMBERS = [st.integers(), st.floats(allow_nan=True, allow_infinity=True), st.complex_numbers()]
KINDS = {
    "text": st.text(max_size=20),
    "bytes": st.binary(max_size=5),
    "number": st.one_of(NUMBERS),
    "flag": st.booleans(),
    "none": st.none(),
    "list": st.lists(st.one_of(st.integers(), st.text(max_size=5)), max_size=5),
    "dict": st.dictionaries(
        st.one_of(st.text(max_size=8), st.integers()), st.integers(), max_size=3
    ),
    "object": st.sampled_from([Odd(), Odd, len, {1, 2}, range(3), ...]),
}
PATH, PLAN_KIND = {"text"}, {"text", "dict"}
FREE_NUMBER = {"number"}


@dataclass(frozen=True)
class Call:
    """A public function and the kinds of value that each parameter may have, none tried of them."""

    name: str
    call: Callable[..., Any]
    good: dict[str, Any]
    allowed: dict[str, set[str]]


MODELS = {"text", "list", "dict", "none"}
SIMULATED = {
    "people": {"number"},
    "seed": {"number"},
    "days": {"number"},
    "model": MODELS,
    "parameters": {"dict", "none"},  # text is a folder, of which there is none
}
STYLED = {"style": set()}  # the result holds nothing to draw
CALLS = [
    Call("check", endplate.check, {}, {"plan": set()}),
    Call(
        "simulate",
        endplate.simulate,
        {"plan": PLAN},
        {
            "plan": set(),
            **SIMULATED,
            "command": {"text", "none"},
            "people_level": {"flag"},
            "endpoints": {"none"},
            "population": {"none"},
        },
    ),
    Call("compare", endplate.compare, {"plans": [PLAN, PLAN]}, {"plans": set(), **SIMULATED}),
    Call(
        "validate",
        endplate.validate,
        {},
        {
            "trials": {"none"},
            "model": MODELS,
            "progress": {"none", "object"},
            "endpoints": {"none"},
            "draws": {"number"},
        },
    ),
    Call(
        "sensitivity",
        endplate.sensitivity,
        {"plan": PLAN},
        {
            "plan": set(),
            "outcome": set(),
            "day": {"number"},
            "samples": {"number"},
            "seed": {"number"},
            "progress": {"none", "object"},
        },
    ),
    Call(
        "personalise",
        endplate.personalise,
        {"plan": PLAN, "follow_up": "no_such_file.csv"},
        {
            "plan": set(),
            "follow_up": {"text"},
            "hold_out_after": {"number", "none"},
            "people": {"number"},
            "seed": {"number"},
        },
    ),
    Call(
        "calibrate",
        endplate.calibrate,
        {"out": "no_such_folder"},
        {
            "out": {"text"},  # a folder that is there would be written to
            "trials": {"none"},
            "seed": {"number"},
            "fresh": {"flag"},
            "force": {"flag"},
            "progress": {"none", "object"},
            "priors": {"none"},
            "model": MODELS,
        },
    ),
    Call(
        "Plan",
        endplate.Plan,
        {"patient": PLAN.patient, "treatment": PLAN.treatment},
        {
            "patient": {"dict"},
            "treatment": set(),
            "repeat": {"none"},
            "name": {"text"},
            "overrides": {"list", "none"},
        },
    ),
    Call("Plan.load", endplate.Plan.load, {}, {"path": set()}),
    Call(
        "Plan.loads",
        endplate.Plan.loads,
        {"text": PLAN.dumps()},
        {"text": set(), "name": {"text"}},
    ),
    Call(
        "Plan.from_tables",
        endplate.Plan.from_tables,
        {"tables": PLAN.as_dict()},
        {"tables": set(), "name": {"text"}},
    ),
    Call(
        "Plan.from_dict",
        endplate.Plan.from_dict,
        {"document": PLAN.as_dict()},
        {"document": set(), "name": {"text"}},
    ),
    Call("Trial", endplate.Trial, {}, {"design": set()}),
    Call("Trial.load", endplate.Trial.load, {}, {"path": set()}),
    Call("Trial.loads", endplate.Trial.loads, {}, {"text": set()}),
    Call(
        "Trial.from_dict",
        endplate.Trial.from_dict,
        {"document": TRIAL.as_dict()},
        {"document": set(), "name": {"text"}},
    ),
    Call("Trial.example", endplate.Trial.example, {}, {"indication": set()}),
    Call(
        "Trial.run",
        TRIAL.run,
        {"out": "/dev/null/nowhere"},
        {
            "out": {"text"},
            "people": {"number", "none"},
            "workers": {"number", "none"},
            "scheduler": {"text", "none"},
            "resume": {"flag"},
            "command": {"text", "none"},
            "progress": {"none", "object"},
        },
    ),
    Call(
        "Trial.size",
        TRIAL.size,
        {"power": 0.9},
        {
            "power": {"number"},
            "workers": {"number", "none"},
            "scheduler": {"text", "none"},
            "progress": {"none", "object"},
        },
    ),
    Call(
        "Model",
        endplate.Model,
        {},
        {name: set() for name in ("spread", "uptake", "transmission", "tissue")},
    ),
    Call("Model.parse", endplate.Model.parse, {}, {"choices": {"list"}}),
    Call("Parameters", endplate.Parameters, {}, {"vectors": set()}),
    Call("Parameters.draws", endplate.Parameters.draws, {}, {"count": {"number"}}),
    Call(
        "Parameters.load",
        endplate.Parameters.load,
        {"folder": "no_such_folder"},
        {"folder": {"text"}, "draws": {"number", "none"}},
    ),
    Call("Parameters.value", endplate.Parameters.stored().value, {}, {"name": set()}),
    Call(
        "Parameters.replace",
        lambda values: endplate.Parameters.stored().replace(load_log_sd=values),
        {},
        {"values": {"number"}},
    ),
    Call("Result.from_dict", endplate.Result.from_dict, {}, {"document": set()}),
    Call("Result.to_polars", RESULT.to_polars, {}, {"table": set()}),
    Call("Result.to_pandas", RESULT.to_pandas, {}, {"table": set()}),
    Call("Result.series", RESULT.series, {}, {"name": {"text"}}),
    *(
        Call(f"Result.{name}", getattr(RESULT, name), {}, {"indication": {"text"}})
        for name in ("timing_of", "scales_of", "shares_of", "means_of")
    ),
    Call("timeline", RESULT.plot.timeline, {}, {"indication": set(), "ax": set(), **STYLED}),
    Call("outcomes", RESULT.plot.outcomes, {}, {"indication": set(), "ax": set(), **STYLED}),
    Call("chart", RESULT.plot.chart, {}, {"chart": set(), "ax": set(), **STYLED}),
    Call(
        "forest",
        RESULT.plot.forest,
        {},
        {"indication": set(), "ax": set(), "day": {"none", "number"}, **STYLED},
    ),
    Call("check_hypothesis", check_hypothesis, {}, {"hypothesis": set(), "step": set()}),
    Call("faults_of", faults_of, {}, {"hypothesis": set(), "step": set()}),
]
NAMED = {
    "people", "seed", "days", "day", "samples", "workers", "scheduler", "resume", "command",
    "progress", "fresh", "force", "hold_out_after", "people_level", "power", "follow_up", "draws",
}  # fmt: skip
CASES = [(one, name) for one in CALLS for name in one.allowed]


@pytest.mark.parametrize(("one", "name"), CASES, ids=[f"{one.name}-{name}" for one, name in CASES])
@settings(max_examples=15)
@given(data=st.data())
def test_a_wrong_kind_of_value_is_one_sentence(one, name, data):
    kinds = [kind for kind in KINDS if kind not in one.allowed[name]]
    value = data.draw(st.one_of([KINDS[kind] for kind in kinds]))
    needed = {"hypothesis": "none"} if "hypothesis" in one.allowed else {}
    with pytest.raises(EndplateError) as fault:
        one.call(**{**needed, **one.good, name: value})
    said = str(fault.value)
    assert said.strip()
    if name in NAMED:  # nothing later speaks in its place
        assert said.startswith(f"{name} is ")
    assert len(said.splitlines()) <= 102  # a sentence for each fault of a file


NUMBER_PARAMETERS = [
    (one, name)
    for one in CALLS
    for name in one.allowed
    if name in ("people", "seed", "days", "day", "samples", "workers", "count", "draws")
]


@pytest.mark.parametrize(
    ("one", "name"), NUMBER_PARAMETERS, ids=[f"{one.name}-{n}" for one, n in NUMBER_PARAMETERS]
)
@pytest.mark.parametrize("value", [-1, 2**40, float("nan"), float("inf"), 10**400])
def test_a_number_out_of_bounds_names_the_argument(one, name, value):
    with pytest.raises(EndplateError, match=rf"^{name} is .*; allowed are .*numbers from "):
        one.call(**{**one.good, name: value})


def test_every_parameter_of_every_public_function_is_tried():
    tried = {one.name: set(one.allowed) for one in CALLS}
    functions = {n: getattr(endplate, n) for n in endplate.__all__}
    for name, function in functions.items():
        if inspect.isfunction(function):
            assert tried[name] == set(inspect.signature(function).parameters), name


OF_THE_ENGINE = {"Model.uptake_of", "Model.transmission_of", "Model.tissue_of"}
"""Methods that take the rates which the engine makes."""


def test_every_parameter_of_every_method_of_a_public_class_is_tried():
    tried = {one.name: set(one.allowed) for one in CALLS}
    for name in endplate.__all__:
        of = getattr(endplate, name)
        if not inspect.isclass(of) or issubclass(of, Exception):
            continue
        for method in vars(of):
            taken = getattr(of, method)
            if method.startswith("_") or not (inspect.isfunction(taken) or inspect.ismethod(taken)):
                continue
            needed = set(inspect.signature(taken).parameters) - {"self"}
            if needed and f"{name}.{method}" not in OF_THE_ENGINE:
                assert tried.get(f"{name}.{method}") == needed, f"{name}.{method}"


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        ({"model": {"speed": "fast"}}, "a step of model is 'speed'; allowed are spread, uptake"),
        ({"model": ["uptake=fast"]}, "uptake is 'fast'; allowed hypotheses are clearing"),
        ({"parameters": {"speed": 1}}, "speed is no parameter; allowed are"),
        ({"parameters": {"persistence_d": "x"}}, "persistence_d is 'x'; allowed are finite"),
        ({"parameters": {"persistence_d": -1}}, "persistence_d is -1; allowed is a number above 0"),
    ],
)
def test_a_wrong_choice_says_what_is_allowed(choice, sentence):
    with pytest.raises(EndplateError, match=sentence):
        endplate.simulate(PLAN, **choice)


def test_a_file_a_dictionary_and_keywords_have_the_same_faults(tmp_path):
    tables = PLAN.as_dict()
    tables["patient"]["age_y"] = 200
    tables["treatment"]["product"] = "sugar"
    tables["treatment"]["date"] = tables["treatment"]["date"].isoformat()
    file = tmp_path / "plan.toml"
    lines = [
        f"{table} = {{ "
        + ", ".join(f"{k} = {json.dumps(v)}" for k, v in tables[table].items() if k not in skip)
        + " }"
        for table, skip in (("patient", ("previous", "baseline")), ("treatment", ()))
    ]
    file.write_text("\n".join(lines))
    del tables["patient"]["previous"], tables["patient"]["baseline"]
    said = []
    for make in (
        lambda: endplate.check(file),
        lambda: endplate.check(tables),
        lambda: endplate.Plan(**tables),
    ):
        with pytest.raises(EndplateError) as fault:
            make()
        said.append(fault.value.sentences)
    assert said[0] == said[1] == said[2]
    assert len(said[0]) == 2


def test_a_plan_built_by_hand_is_read_as_a_file(tmp_path):
    from dataclasses import replace

    hand = replace(PLAN, patient=replace(PLAN.patient, age_y="old"))
    with pytest.raises(EndplateError, match=r"patient\.age_y is 'old'; it must be a number"):
        endplate.check(hand)


def test_importing_is_quick_and_loads_no_simulator():
    code = (
        "import sys, time; start = time.process_time(); import endplate; "
        "took = time.process_time() - start; "
        "print(took, *({'jax', 'numpy', 'matplotlib', 'polars'} & set(sys.modules)))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(3)
    ]
    took, *heavy = min((run.stdout.split() for run in runs), key=lambda words: float(words[0]))
    assert heavy == []
    assert float(took) < 0.1


def test_a_function_is_not_hidden_by_the_package_of_its_name():
    import endplate.personalise.personalise
    import endplate.sensitivity.sobol

    assert inspect.isfunction(endplate.sensitivity)
    assert inspect.isfunction(endplate.personalise)
