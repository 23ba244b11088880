"""Before treatment: clearances, consents, assessments and plans."""

from collections.abc import Iterator

from endplate.case import Injection, Plan, injections
from endplate.clinic.exchange.fhir_r4.slots import (
    Context,
    Json,
    Row,
    attachment,
    coded,
    common,
    concept,
    content_of,
    day_of,
    extended,
    extension,
    patient,
    potency,
    resource,
    subject_of,
    terminology,
    user_of,
    word_of,
)
from endplate.errors import EndplateError
from endplate.facts.endpoints import endpoints

_FINDINGS = ("examination", "contraindications")


def clearance(context: Context, row: Row) -> Json:
    """A good-faith examination as ClinicalImpression."""
    gone = context.is_superseded("clearances", row)
    return resource(
        "ClinicalImpression",
        "clearances",
        row,
        [
            extension("examiner-role", "Code", row["examiner_role"]),
            extension("examination-mode", "Code", row["mode"]),
            extension("expires-on", "Date", row["expires_on"].isoformat()),
        ],
        status="entered-in-error" if gone else "completed",
        code=concept("indication", row["indication"]),
        description=row["history"],
        subject=patient(row["subject_id"]),
        effectiveDateTime=row["examined_on"].isoformat(),
        assessor=context.user(row["examined_by"]),
        summary=row["allowed"],
        finding=[{"itemCodeableConcept": {"text": row[name]}, "basis": name} for name in _FINDINGS],
    )


def clearance_row(found: Json) -> Json:
    """A clearance."""
    told = {one["basis"]: one["itemCodeableConcept"]["text"] for one in found["finding"]}
    return common(found) | {
        "subject_id": subject_of(found["subject"]),
        "indication": word_of(found["code"], "indication"),
        "examined_by": user_of(found["assessor"]),
        "examiner_role": extended(found, "examiner-role"),
        "mode": extended(found, "examination-mode"),
        "history": found["description"],
        "allowed": found["summary"],
        "examined_on": day_of(found["effectiveDateTime"]),
        "expires_on": day_of(extended(found, "expires-on")),
        **{name: told[name] for name in _FINDINGS},
    }


def consent(context: Context, row: Row) -> Json:
    """A consent as Consent; `inactive` once it was withdrawn or taken anew."""
    withdrawn = row["withdrawn_on"]
    over = withdrawn is not None or context.is_superseded("consents", row)
    period: Json = {"start": row["given_on"].isoformat()}
    if withdrawn is not None:
        period["end"] = withdrawn.isoformat()
    return resource(
        "Consent",
        "consents",
        row,
        [extension("text-sha256", "String", row["text_sha256"])],
        status="inactive" if over else "active",
        scope=coded(terminology("consentscope"), "treatment", "Treatment"),
        category=[coded("http://loinc.org", "59284-0")],
        patient=patient(row["subject_id"]),
        dateTime=row["given_on"].isoformat(),
        policyRule={"text": row["text_version"]},
        provision={
            "type": "permit",
            "period": period,
            "code": [concept("indication", row["indication"])],
        },
    )


def consent_row(found: Json) -> Json:
    """A consent."""
    provision = found["provision"]
    return common(found) | {
        "subject_id": subject_of(found["patient"]),
        "indication": word_of(provision["code"][0], "indication"),
        "text_version": found["policyRule"]["text"],
        "text_sha256": extended(found, "text-sha256"),
        "given_on": day_of(provision["period"]["start"]),
        "withdrawn_on": day_of(provision["period"].get("end")),
    }


def score(endpoint: str, value: float) -> Json:
    """A value of an endpoint in its own unit, which is not always one of UCUM."""
    known = endpoints().get(endpoint)
    unit = known.unit if known else ""
    return {"value": value, **({"unit": unit} if unit else {})}


def assessment(context: Context, row: Row) -> Json:
    """What a scale showed before treatment, as Observation."""
    gone = context.is_superseded("assessments", row)
    return resource(
        "Observation",
        "assessments",
        row,
        [
            extension("indication", "CodeableConcept", concept("indication", row["indication"])),
            extension("rater", "String", row["rater"]),
        ],
        status="entered-in-error" if gone else "final",
        category=[coded(terminology("observation-category"), "exam", "Exam")],
        code=concept("endpoint", row["endpoint"]),
        subject=patient(row["subject_id"]),
        effectiveDateTime=row["observed_on"].isoformat(),
        valueQuantity=score(row["endpoint"], row["value"]),
    )


def assessment_row(found: Json) -> Json:
    """An assessment."""
    return common(found) | {
        "subject_id": subject_of(found["subject"]),
        "indication": word_of(extended(found, "indication"), "indication"),
        "endpoint": word_of(found["code"], "endpoint"),
        "value": float(found["valueQuantity"]["value"]),
        "observed_on": day_of(found["effectiveDateTime"]),
        "rater": extended(found, "rater"),
    }


def care_plan(context: Context, row: Row) -> Json:
    """A plan as CarePlan: a line for each site, and the plan file and its check as attached."""
    gone = context.is_superseded("plans", row)
    return resource(
        "CarePlan",
        "plans",
        row,
        [
            extension("check-level", "Code", row["level"]),
            extension("software-version", "String", row["software_version"]),
            extension("facts-hash", "String", row["facts_hash"]),
        ],
        contained=[
            _attached("plan", "application/toml", row["plan_toml"]),
            _attached("findings", "application/json", row["findings"]),
        ],
        status="revoked" if gone else "active",
        intent="plan",
        subject=patient(row["subject_id"]),
        created=row["recorded_at"],
        supportingInfo=[{"reference": "#plan"}, {"reference": "#findings"}],
        activity=list(_activities(context, row)),
    )


def _attached(name: str, media_type: str, text: str) -> Json:
    content = {"attachment": attachment(media_type, text.encode())}
    return {"resourceType": "DocumentReference", "id": name, "status": "current",
            "content": [content]}  # fmt: skip


def _activities(context: Context, row: Row) -> Iterator[Json]:
    given = {
        site["planned_site"]
        for site in context.tables["treatment_sites"]
        if context.treatments[site["treatment_id"]]["plan_id"] == row["id"]
        and not context.is_superseded("treatment_sites", site)
    }
    for place, (site, product) in enumerate(_planned(row["plan_toml"])):
        yield {
            "detail": {
                "kind": "MedicationRequest",
                "status": "completed" if place in given else "not-started",
                "reasonCode": [concept("indication", site.indication)],
                "productCodeableConcept": concept("product", product),
                "quantity": potency(round(site.dose_u * 1000), product),
                "description": f"{site.muscle.replace('_', ' ')}, {site.side}, "
                f"{site.dose_u:g} U in {site.volume_ml:g} mL",
            }
        }


def _planned(text: str) -> list[tuple[Injection, str]]:
    """Sites of a plan with its product; none of one that this version can no longer read."""
    try:
        plan = Plan.loads(text)
    except EndplateError:
        return []
    return [(site, plan.treatment.product) for site in injections(plan)[0]]


def plan_row(found: Json) -> Json:
    """A plan."""
    told = {
        one["id"]: content_of(one["content"][0]["attachment"]).decode()
        for one in found["contained"]
    }
    return common(found) | {
        "subject_id": subject_of(found["subject"]),
        "plan_toml": told["plan"],
        "level": extended(found, "check-level"),
        "findings": told["findings"],
        "software_version": extended(found, "software-version"),
        "facts_hash": extended(found, "facts-hash"),
    }
