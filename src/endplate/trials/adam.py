"""Analysis datasets in the columns of ADaM: subjects, visits and times (BDS), effects (OCCDS)."""

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.facts.endpoints import endpoints
from endplate.trials.analysis import Tested, tested_of, times_of
from endplate.trials.codes import codes_of, measures_of
from endplate.trials.demographics import LEAST_AGE_Y, MOST_AGE_Y, UNKNOWN
from endplate.trials.design import TIME, Design
from endplate.trials.parts import Part, require_trial
from endplate.trials.regimen import arm_dose_u, endpoint_kinds

TABLE = Path(__file__).parent / "adam_columns.csv"
DATASETS = ("ADSL", "ADQS", "ADTTE", "ADAE")
TITLES = {
    "ADSL": "Subject-Level Analysis Dataset",
    "ADQS": "Scales and Responders Analysis Dataset",
    "ADTTE": "Time-to-Event Analysis Dataset",
    "ADAE": "Adverse Events Analysis Dataset",
}
LONGEST_CODE, LONGEST_LABEL = 8, 40
_ONE_VALUE_FLAGS = ("ABLFL", "AOCCFL", "AOCCPFL")  # Y or blank; population flags are Y or N


@dataclass(frozen=True)
class Column:
    """One column of a dataset, a row of `adam_columns.csv`; `type` is text, integer or float."""

    dataset: str
    variable: str
    label: str
    type: str
    core: str
    source: str


@cache
def columns(dataset: str) -> tuple[Column, ...]:
    """Columns of a dataset, in their order."""
    with TABLE.open(newline="", encoding="utf-8") as lines:
        rows = [Column(**row) for row in csv.DictReader(lines, strict=True)]
    return tuple(row for row in rows if row.dataset == dataset)


@dataclass(frozen=True)
class Parameter:
    """One parameter of ADQS or ADTTE; `index` among measures, codes or endpoints."""

    code: str
    name: str
    kind: str
    index: int


@cache
def parameters_of(design: Design) -> tuple[Parameter, ...]:
    """Parameters of ADQS: what visits measure, then the endpoints."""
    taken: set[str] = set()
    found = [
        Parameter(_short(code, taken), name[:LONGEST_LABEL], "measure", i)
        for i, (code, name) in enumerate(measures_of(design))
    ]
    kinds = endpoint_kinds(design.trial.indication)
    for i, code in enumerate(codes_of(design)):
        words = endpoints()[code].words if code in endpoints() else code
        found.append(Parameter(_short(code, taken), words, kinds[code], i))
    return tuple(found)


@cache
def timed_of(design: Design) -> tuple[tuple[Parameter, Tested], ...]:
    """Parameters of ADTTE, with the endpoint of each."""
    taken: set[str] = set()
    rows = []
    for number, one in enumerate(tested_of(design)):
        if one.kind == TIME:
            code = one.table.code
            words = endpoints()[code].words if code in endpoints() else code
            rows.append((Parameter(_short(code, taken), words, TIME, number), one))
    return tuple(rows)


def _short(name: str, taken: set[str]) -> str:
    """Code of at most eight letters and digits, unlike those taken."""
    plain = "".join(char for char in name.upper() if char.isalnum())
    words = [word for word in name.upper().split("_") if word]
    if len(plain) > LONGEST_CODE and len(words) > 1:
        each = max(1, LONGEST_CODE // len(words))
        plain = "".join(word[:each] for word in words[:-1]) + words[-1]
    code, number = plain[:LONGEST_CODE], 1
    while code in taken:
        number += 1
        code = f"{plain[: LONGEST_CODE - len(str(number))]}{number}"
    taken.add(code)
    return code


@dataclass(frozen=True)
class Datasets:
    """Makes the rows of every dataset from a part, as Arrow tables in the columns of the table."""

    design: Design
    harms: tuple[dict[str, Any], ...]

    @cached_property
    def study(self) -> str:
        """Study identifier."""
        plain = "".join(c if c.isalnum() else "-" for c in self.design.trial.title.upper())[:20]
        return plain if plain.isascii() and plain.strip("-") else "TRIAL"

    @cached_property
    def doses_u(self) -> tuple[float, ...]:
        """Dose of each arm [U]."""
        return tuple(
            0.0 if arm.placebo else float(arm_dose_u(self.design, i) or 0.0)
            for i, arm in enumerate(self.design.arms)
        )

    def tables(self, part: Part) -> dict[str, Any]:
        """Rows of every dataset."""
        who = self._who(part)
        return {
            "ADSL": self._subjects(part, who),
            "ADQS": self._visits(part, who),
            "ADTTE": self._times(part, who),
            "ADAE": self._effects(part, who),
        }

    def _who(self, part: Part) -> list[str]:
        own = f"-{part.arm + 1:02d}-"
        return [
            f"{self.study}-{replicate + 1:05d}{own}{person + 1:07d}"
            for replicate, person in zip(part.replicate.tolist(), part.person.tolist(), strict=True)
        ]

    def _subjects(self, part: Part, who: list[str]) -> Any:
        pa, count = require_trial(), len(who)
        arm = self.design.arms[part.arm]
        last_d = self.design.visits.days[-1] + self.design.visits.window_d
        left = part.left_d <= last_d
        lack = left & part.lack.astype(bool)
        start = len(self.study) + 1
        stratum = np.maximum(part.stratum, 0).astype(int)
        reasons = np.where(lack, 0, 1)
        given = (part.given_d <= last_d).sum(axis=1)
        return _table(
            "ADSL",
            STUDYID=_same(self.study, count),
            USUBJID=pa.array(who),
            SUBJID=pa.array([one[start:] for one in who]),
            SITEID=_same("001", count),
            REPL=_int(part.replicate + 1),
            AGE=pa.array(part.age_y.astype(np.int32), mask=part.age_y == UNKNOWN),
            AGEU=_same("YEARS", count),
            SEX=_words(part.female.astype(int) % 3, ["M", "F", "U"]),
            RACE=_same("UNKNOWN", count),
            ARM=_same(arm.name, count),
            ACTARM=_same(arm.name, count),
            TRT01P=_same(arm.name, count),
            TRT01PN=_int(np.full(count, part.arm + 1)),
            TRT01A=_same(arm.name, count),
            TRT01AN=_int(np.full(count, part.arm + 1)),
            DOSE01P=pa.array(np.full(count, self.doses_u[part.arm])),
            DOSE01U=_same("U", count),
            STRATAR=_words(stratum, list(self._strata)),
            STRATARN=_int(stratum + 1),
            BLSEV=pa.array(part.base[:, 0].astype(float)),
            RANDFL=_same("Y", count),
            ITTFL=_same("Y", count),
            SAFFL=_same("Y", count),
            COMPLFL=_words(left.astype(int), ["Y", "N"]),
            EOSSTT=_words(left.astype(int), ["COMPLETED", "DISCONTINUED"]),
            DCSREAS=_words(reasons, ["LACK OF EFFICACY", "WITHDRAWAL BY SUBJECT"], ~left),
            EOSDY=_int(_study_day(np.where(left, part.left_d, last_d))),
            TRTNUM=_int(given),
        )

    @cached_property
    def _strata(self) -> tuple[str, ...]:
        cuts = self.design.strata.cut_at if self.design.strata else ()
        if not cuts:
            return ("ALL",)
        names = [f"below {cuts[0]:g}"]
        names += [f"{a:g} to below {b:g}" for a, b in itertools.pairwise(cuts)]
        return (*names, f"{cuts[-1]:g} and more")

    def _visits(self, part: Part, who: list[str]) -> Any:
        pa, people = require_trial(), len(who)
        seen = part.seen.astype(bool)
        nominal = [0, *(round(day) for day in self.design.visits.days)]
        labels = ["Baseline", *(f"Day {day}" for day in nominal[1:])]
        parameters = parameters_of(self.design)
        # a block of rows for each parameter: people by visits, the record before treatment first
        rows, place, value, base, has_base = [], [], [], [], []
        for one in parameters:
            measured = one.kind == "measure"
            every = part.measures if measured else part.values
            own = every[:, one.index].astype(float)
            first = part.base[:, one.index].astype(float) if measured else np.zeros(people)
            there = np.concatenate([np.full((people, 1), measured), seen], axis=1)
            person, visit = np.nonzero(there)
            table = np.concatenate([first[:, None], own], axis=1)
            rows.append(person)
            place.append(visit)
            value.append(table[person, visit])
            base.append(first[person])
            has_base.append(np.full(len(person), measured))
        lengths = [len(one) for one in rows]
        person, visit = np.concatenate(rows), np.concatenate(place)
        aval, based = np.concatenate(value).round(4), np.concatenate(has_base)
        blank, before = ~based, np.concatenate(base).round(4)
        which = np.repeat(np.arange(len(parameters)), lengths)
        day = np.concatenate([np.zeros((people, 1), int), part.days.astype(int)], axis=1)
        count = len(person)
        return _table(
            "ADQS",
            STUDYID=_same(self.study, count),
            USUBJID=_words(person, who),
            REPL=_int(part.replicate[person] + 1),
            TRTP=_same(self.design.arms[part.arm].name, count),
            TRTPN=_int(np.full(count, part.arm + 1)),
            PARAM=_words(which, [one.name for one in parameters]),
            PARAMCD=_words(which, [one.code for one in parameters]),
            PARAMN=_int(which + 1),
            AVISIT=_words(visit, labels),
            AVISITN=_int(np.array(nominal)[visit]),
            ADY=_int(_study_day(day[person, visit])),
            AVAL=pa.array(aval),
            BASE=pa.array(before, mask=blank),
            CHG=pa.array((aval - before).round(4), mask=blank | (visit == 0)),
            ABLFL=_words(np.zeros(count, int), ["Y"], visit != 0),
        )

    def _times(self, part: Part, who: list[str]) -> Any:
        pa, people = require_trial(), len(who)
        timed = timed_of(self.design)
        days, events, counts = [], [], []
        for _, one in timed:
            day, event, counted = times_of(one, part)
            days.append(day)
            events.append(event)
            counts.append(counted)
        count = people * len(timed)
        flat = (np.concatenate(x) if x else np.zeros(0) for x in (days, events, counts))
        day, event, counted = flat
        which = np.repeat(np.arange(len(timed)), people)
        person = np.tile(np.arange(people), len(timed))
        event = event.astype(bool)
        return _table(
            "ADTTE",
            STUDYID=_same(self.study, count),
            USUBJID=_words(person, who),
            REPL=_int(part.replicate[person] + 1),
            TRTP=_same(self.design.arms[part.arm].name, count),
            TRTPN=_int(np.full(count, part.arm + 1)),
            PARAM=_words(which, [one.name for one, _ in timed]),
            PARAMCD=_words(which, [one.code for one, _ in timed]),
            PARAMN=_int(which + 1),
            AVAL=pa.array(day.astype(float)),
            CNSR=_int((~event).astype(int)),
            EVNTDESC=_words((~event).astype(int), ["EVENT AT A VISIT", "LAST VISIT SEEN"]),
            ANL01FL=_words((~counted.astype(bool)).astype(int), ["Y", "N"]),
        )

    def _effects(self, part: Part, who: list[str]) -> Any:
        person, term = np.nonzero(part.harms)
        first = np.searchsorted(person, person, side="left")
        sequence = np.arange(len(person)) - first + 1
        names = [row["term"].replace("_", " ") for row in self.harms]
        start = np.array([row["start_d"] or 0.0 for row in self.harms] or [0.0])
        length = np.array([row["length_d"] or 1.0 for row in self.harms] or [0.0])
        kinds = sorted({row["kind"] for row in self.harms}) or ["systemic"]
        kind = np.array([kinds.index(row["kind"]) for row in self.harms] or [0])
        count = len(person)
        # who left before the usual day had it on the day of leaving at the latest
        begins = np.minimum(start[term], np.floor(part.left_d[person]))
        _, of_term = np.unique(np.stack([person, term]), axis=1, return_index=True)
        again = np.ones(count, int)
        again[of_term] = 0
        return _table(
            "ADAE",
            STUDYID=_same(self.study, count),
            USUBJID=_words(person, who),
            REPL=_int(part.replicate[person] + 1),
            TRTA=_same(self.design.arms[part.arm].name, count),
            TRTAN=_int(np.full(count, part.arm + 1)),
            AESEQ=_int(sequence),
            AETERM=_words(term, names or [""]),
            AEDECOD=_words(term, [name.upper() for name in names] or [""]),
            AECAT=_words(kind[term], [one.upper() for one in kinds]),
            ASTDY=_int(_study_day(begins)),
            AENDY=_int(_study_day(begins + np.maximum(length[term] - 1.0, 0.0))),
            TRTEMFL=_same("Y", count),
            AOCCFL=_words(np.zeros(count, int), ["Y"], sequence != 1),
            AOCCPFL=_words(np.zeros(count, int), ["Y"], again > 0),
        )


def _study_day(day_d: NDArray[Any]) -> NDArray[np.int64]:
    """Study day of days since the treatment: the day of treatment is day 1."""
    return np.floor(np.asarray(day_d, float)).astype(np.int64) + 1


def _int(values: NDArray[Any]) -> Any:
    return require_trial().array(np.asarray(values).astype(np.int32))


def _same(word: str, count: int) -> Any:
    return _words(np.zeros(count, np.int32), [word])


def _words(index: NDArray[Any], words: list[str], blank: NDArray[Any] | None = None) -> Any:
    pa = require_trial()
    indices = pa.array(np.asarray(index).astype(np.int32), mask=blank)
    return pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))


@cache
def schema_of(dataset: str) -> Any:
    """Arrow schema of a dataset; each column carries its label."""
    pa = require_trial()
    types = {
        "text": pa.dictionary(pa.int32(), pa.string()),
        "integer": pa.int32(),
        "float": pa.float64(),
    }
    fields = []
    for one in columns(dataset):
        plain = one.variable in ("USUBJID", "SUBJID") and dataset == "ADSL"
        kind = pa.string() if plain else types[one.type]
        fields.append(pa.field(one.variable, kind, metadata={"label": one.label}))
    return pa.schema(fields, metadata={"label": TITLES[dataset]})


def _table(dataset: str, **arrays: Any) -> Any:
    schema = schema_of(dataset)
    return require_trial().table([arrays[name] for name in schema.names], schema=schema)


def faults_of(dataset: str, table: Any) -> Iterator[str]:
    """What a dataset breaks of the rules that the project states for it, one sentence each.

    Parameters
    ----------
    dataset : str
        ADSL, ADQS, ADTTE or ADAE.
    table : pyarrow.Table
        Its rows.
    """
    known = {one.variable: one for one in columns(dataset)}
    if table.column_names != list(known):
        yield f"{dataset} has the columns {table.column_names}, not {list(known)}."
        return
    for name, one in known.items():
        if len(one.label) > LONGEST_LABEL:
            yield f"{dataset}.{name} has a label of {len(one.label)} characters."
        if len(name) > LONGEST_CODE:
            yield f"{dataset}.{name} is longer than {LONGEST_CODE} characters."
        missing = table[name].null_count
        # nobody's age is known where no trial of the use prints it; some without one are a fault
        if one.core == "Req" and missing and not (name == "AGE" and missing == len(table)):
            yield f"{dataset}.{name} is required and missing in {missing} rows."
    frame = {name: table[name].to_pylist() for name in table.column_names}
    for name in (n for n in known if n.endswith("FL")):
        only = {"Y", None} if name in _ONE_VALUE_FLAGS else {"Y", "N"}
        if set(frame[name]) - only:
            words = "Y or blank" if None in only else "Y or N"
            yield f"{dataset}.{name} is not {words} everywhere."
    if "PARAMCD" in known:
        yield from _parameter_faults(dataset, frame)
    if "CHG" in known:
        yield from _change_faults(dataset, frame)
    if "CNSR" in known and set(frame["CNSR"]) - {0, 1}:
        yield f"{dataset}.CNSR is not 0 or 1 everywhere."
    if dataset == "ADSL":
        yield from _subject_faults(frame)
    if dataset == "ADAE":
        yield from _effect_faults(frame)


def _subject_faults(frame: dict[str, list[Any]]) -> Iterator[str]:
    if len(set(frame["USUBJID"])) != len(frame["USUBJID"]):
        yield "ADSL has more than one row for a subject."
    if any(age is not None and not LEAST_AGE_Y <= age <= MOST_AGE_Y for age in frame["AGE"]):
        yield f"ADSL.AGE is not {LEAST_AGE_Y:g} to {MOST_AGE_Y:g} everywhere."
    if set(frame["SEX"]) - {"M", "F"} and set(frame["SEX"]) != {"U"}:
        yield "ADSL.SEX is not M or F everywhere, nor U everywhere."
    if set(frame["AGEU"]) - {"YEARS"}:
        yield "ADSL.AGEU is not YEARS everywhere."


def _effect_faults(frame: dict[str, list[Any]]) -> Iterator[str]:
    pairs = list(zip(frame["USUBJID"], frame["AESEQ"], strict=True))
    if len(set(pairs)) != len(pairs):
        yield "ADAE.AESEQ is not unique in a subject."
    if any(end < start for start, end in zip(frame["ASTDY"], frame["AENDY"], strict=True)):
        yield "ADAE.AENDY is before ASTDY."
    for flag, keys in (("AOCCFL", ("USUBJID",)), ("AOCCPFL", ("USUBJID", "AEDECOD"))):
        rows = list(zip(*(frame[key] for key in keys), strict=True))
        first = [row for row, told in zip(rows, frame[flag], strict=True) if told == "Y"]
        if sorted(first) != sorted(set(rows)):
            yield f"ADAE.{flag} does not mark one record of each {' and '.join(keys)}."


def _parameter_faults(dataset: str, frame: dict[str, list[Any]]) -> Iterator[str]:
    pairs = set(zip(frame["PARAMCD"], frame["PARAM"], strict=True))
    codes = [code for code, _ in pairs]
    if len(set(codes)) != len(codes) or len({name for _, name in pairs}) != len(codes):
        yield f"{dataset}.PARAMCD and PARAM are not one to one."
    for code in codes:
        if not code or len(code) > LONGEST_CODE or not code.isalnum() or code[0].isdigit():
            yield f"{dataset}.PARAMCD {code!r} is no code of at most {LONGEST_CODE} characters."


def _change_faults(dataset: str, frame: dict[str, list[Any]]) -> Iterator[str]:
    first: set[tuple[str, str]] = set()
    for who, code, flag, aval, base, chg in zip(
        *(frame[n] for n in ("USUBJID", "PARAMCD", "ABLFL", "AVAL", "BASE", "CHG")), strict=True
    ):
        if flag == "Y":
            if (who, code) in first:
                yield f"{dataset} has two baseline records of {code} in {who}."
            if aval != base:
                yield f"{dataset}: BASE is not the value of the baseline record of {code} in {who}."
            first.add((who, code))
        if chg is not None and (base is None or abs(chg - (aval - base)) > 1e-6):
            yield f"{dataset}: CHG is not AVAL less BASE in {code} of {who}."
