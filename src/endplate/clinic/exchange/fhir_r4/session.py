"""The treatment: chart as Procedure, site as MedicationAdministration, grounds, signatures."""

from endplate.clinic.exchange.fhir_r4.slots import (
    Context,
    Json,
    Row,
    coded,
    common,
    concept,
    day_of,
    extended,
    extension,
    number_of,
    optional,
    patient,
    potency,
    quantity,
    reference,
    resource,
    subject_of,
    thousandths_of,
    urn,
    user_of,
    word_of,
)

_SIGNATURES = "urn:iso-astm:E1762-95:2013"
_SIGNATURE_TYPES = {
    "injector": ("1.2.840.10065.1.12.1.1", "Author's Signature"),
    "supervisor": ("1.2.840.10065.1.12.1.13", "Review Signature"),
}


def treatment(context: Context, row: Row) -> Json:
    """A chart as Procedure; `completed` once its injector signed."""
    signed = any(
        one["treatment_id"] == row["id"] and one["capacity"] == "injector"
        for one in context.tables["signatures"]
    )
    return resource(
        "Procedure",
        "treatments",
        row,
        [
            extension("supervised", "Boolean", row["supervised"]),
            extension("label-region", "Code", row["region"]),
            extension("product", "CodeableConcept", concept("product", row["product"])),
        ],
        basedOn=[reference("CarePlan", "plans", row["plan_id"])],
        status="completed" if signed else "in-progress",
        code=coded(urn("procedure"), "toxin-session", "Injection of botulinum toxin"),
        subject=patient(row["subject_id"]),
        performedDateTime=row["treated_on"].isoformat(),
        performer=[{"actor": context.user(row["injector"])}],
        reasonCode=[concept("indication", use) for use in row["indications"].split(",")],
    )


def treatment_row(found: Json) -> Json:
    """A chart."""
    return common(found) | {
        "subject_id": subject_of(found["subject"]),
        "plan_id": number_of(found["basedOn"][0]),
        "indications": ",".join(word_of(one, "indication") for one in found["reasonCode"]),
        "product": word_of(extended(found, "product"), "product"),
        "region": extended(found, "label-region"),
        "injector": user_of(found["performer"][0]["actor"]),
        "supervised": extended(found, "supervised"),
        "treated_on": day_of(found["performedDateTime"]),
    }


def _procedure(row: Row) -> Json:
    return reference("Procedure", "treatments", row["treatment_id"])


def grounds(context: Context, row: Row) -> Json:
    """What a use rests on: R4 has no resource that names clearance, consent and credential."""
    return resource(
        "Basic",
        "treatment_clearances",
        row,
        [
            extension("indication", "CodeableConcept", concept("indication", row["indication"])),
            extension(
                "clearance", "Reference",
                reference("ClinicalImpression", "clearances", row["clearance_id"]),
            ),
            extension("consent", "Reference", reference("Consent", "consents", row["consent_id"])),
            extension("credential", "Integer", row["credential_id"]),
        ],
        code=coded(urn("basic"), "treatment-grounds", "What a treatment rests on"),
        subject=_procedure(row),
    )  # fmt: skip


def grounds_row(found: Json) -> Json:
    """What a use rests on."""
    return common(found) | {
        "treatment_id": number_of(found["subject"]),
        "indication": word_of(extended(found, "indication"), "indication"),
        "clearance_id": number_of(extended(found, "clearance")),
        "consent_id": number_of(extended(found, "consent")),
        "credential_id": extended(found, "credential"),
    }


def site(context: Context, row: Row) -> Json:
    """An injection as MedicationAdministration; `not-done` where it was taken back."""
    chart, product = context.treatments[row["treatment_id"]], context.product[row["vial_id"]]
    status = "completed" if row["dose_milliunits"] else "not-done"
    if context.is_superseded("treatment_sites", row):
        status = "entered-in-error"
    where = f"{row['muscle'].replace('_', ' ')}, {row['side']}"
    dosage: Json = {
        "text": f"{row['dose_milliunits'] / 1000:g} U of {product} into {where}",
        "site": {
            "coding": [
                {"system": urn("muscle"), "code": row["muscle"]},
                {"system": urn("side"), "code": row["side"]},
            ],
            "text": where,
        },
        "dose": potency(row["dose_milliunits"], product),
    }
    if row["guidance"]:
        dosage["method"] = {"text": row["guidance"]}
    return resource(
        "MedicationAdministration",
        "treatment_sites",
        row,
        [
            extension("volume", "Quantity", quantity(row["volume_ul"] / 1000, "mL")),
            *_depth(row["depth_mm"]),
            *optional("planned-site", "Integer", row["planned_site"]),
        ],
        partOf=[_procedure(row)],
        status=status,
        statusReason=[{"text": row["note"]}] if row["note"] else None,
        medicationReference=reference("Medication", "vials", row["vial_id"]),
        subject=patient(chart["subject_id"]),
        effectiveDateTime=chart["treated_on"].isoformat(),
        performer=[{"actor": context.user(chart["injector"])}],
        reasonCode=[concept("indication", row["indication"])],
        dosage=dosage,
    )


def _depth(depth_mm: float | None) -> list[Json]:
    return [] if depth_mm is None else [extension("depth", "Quantity", quantity(depth_mm, "mm"))]


def site_row(found: Json) -> Json:
    """An injection."""
    dosage, depth = found["dosage"], extended(found, "depth")
    return common(found) | {
        "treatment_id": number_of(found["partOf"][0]),
        "planned_site": extended(found, "planned-site"),
        "vial_id": number_of(found["medicationReference"]),
        "indication": word_of(found["reasonCode"][0], "indication"),
        "muscle": word_of(dosage["site"], "muscle"),
        "side": word_of(dosage["site"], "side"),
        "dose_milliunits": thousandths_of(dosage["dose"]),
        "volume_ul": thousandths_of(extended(found, "volume")),
        "depth_mm": None if depth is None else float(depth["value"]),
        "guidance": dosage.get("method", {}).get("text"),
        "note": found["statusReason"][0]["text"] if "statusReason" in found else None,
    }


def override(context: Context, row: Row) -> Json:
    """A rule that was set aside and why, as DetectedIssue with its mitigation."""
    chart = context.treatments[row["treatment_id"]]
    return resource(
        "DetectedIssue",
        "overrides",
        row,
        optional("about", "String", row["about"]),
        status="final",
        code=coded(urn("rule"), row["rule"]),
        patient=patient(chart["subject_id"]),
        identifiedDateTime=row["recorded_at"],
        author=context.user(chart["injector"]),
        implicated=[_procedure(row)],
        mitigation=[{"action": {"text": row["reason"]}}],
    )


def override_row(found: Json) -> Json:
    """A rule that was set aside."""
    return common(found) | {
        "treatment_id": number_of(found["implicated"][0]),
        "rule": word_of(found["code"], "rule"),
        "about": extended(found, "about") or "",
        "reason": found["mitigation"][0]["action"]["text"],
    }


def signature(context: Context, row: Row) -> Json:
    """A signature as Provenance of the session, with the hash of the chart that was signed."""
    code, display = _SIGNATURE_TYPES[row["capacity"]]
    who = context.user(row["signed_by"])
    signed = {"identifier": {"system": urn("chart-sha256"), "value": row["chart_sha256"]}}
    return resource(
        "Provenance",
        "signatures",
        row,
        target=[_procedure(row)],
        recorded=row["recorded_at"],
        agent=[{"type": coded(urn("capacity"), row["capacity"]), "who": who}],
        entity=[{"role": "source", "what": signed}],
        signature=[
            {
                "type": [{"system": _SIGNATURES, "code": code, "display": display}],
                "when": row["recorded_at"],
                "who": who,
            }
        ],
    )


def signature_row(found: Json) -> Json:
    """A signature."""
    (agent,), (entity,) = found["agent"], found["entity"]
    return common(found) | {
        "treatment_id": number_of(found["target"][0]),
        "capacity": word_of(agent["type"], "capacity"),
        "signed_by": user_of(agent["who"]),
        "chart_sha256": entity["what"]["identifier"]["value"],
    }


def addendum(context: Context, row: Row) -> Json:
    """An addendum to a signed chart, as Communication about the session."""
    return resource(
        "Communication",
        "addenda",
        row,
        status="completed",
        category=[coded(urn("communication"), "addendum", "Addendum to a signed chart")],
        subject=patient(context.treatments[row["treatment_id"]]["subject_id"]),
        about=[_procedure(row)],
        sent=row["recorded_at"],
        payload=[{"contentString": row["text"]}],
    )


def addendum_row(found: Json) -> Json:
    """An addendum."""
    return common(found) | {
        "treatment_id": number_of(found["about"][0]),
        "text": found["payload"][0]["contentString"],
    }
