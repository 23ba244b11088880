"""Vials as Medication with batch, the ledger's lines as Basic: R4 has no ledger."""

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
    optional_number,
    potency,
    quantity,
    reference,
    resource,
    thousandths_of,
    urn,
    word_of,
)


def vial(context: Context, row: Row) -> Json:
    """A vial; `inactive` once it is empty or thrown away."""
    product, diluent = row["product"], row["diluent_ul"]
    held = potency(row["content_milliunits"], product)
    return resource(
        "Medication",
        "vials",
        row,
        [
            extension("left", "Quantity", potency(row["left_milliunits"], product)),
            extension("vial-state", "Code", row["state"]),
            *optional("opened-at", "Instant", row["opened_at"]),
            *optional("use-until", "Instant", row["use_until"]),
            *([] if diluent is None
              else [extension("diluent", "Quantity", quantity(diluent / 1000, "mL"))]),
        ],
        code=concept("product", product),
        status="active" if row["state"] in ("unopened", "open") else "inactive",
        form=concept("form", row["form"]),
        amount={"numerator": held, "denominator": quantity(1, "vial", "{vial}")},
        batch={"lotNumber": row["lot"], "expirationDate": row["expires_on"].isoformat()},
    )  # fmt: skip


def vial_row(found: Json) -> Json:
    """A vial."""
    plain, diluent = common(found), extended(found, "diluent")
    del plain["supersedes"]
    return plain | {
        "product": word_of(found["code"], "product"),
        "form": word_of(found["form"], "form"),
        "lot": found["batch"]["lotNumber"],
        "expires_on": day_of(found["batch"]["expirationDate"]),
        "content_milliunits": thousandths_of(found["amount"]["numerator"]),
        "left_milliunits": thousandths_of(extended(found, "left")),
        "state": extended(found, "vial-state"),
        "opened_at": extended(found, "opened-at"),
        "use_until": extended(found, "use-until"),
        "diluent_ul": None if diluent is None else thousandths_of(diluent),
    }


def movement(context: Context, row: Row) -> Json:
    """A line of the ledger."""
    site = reference("MedicationAdministration", "treatment_sites", row["site_id"])
    return resource(
        "Basic",
        "vial_movements",
        row,
        [
            extension("movement", "Code", row["kind"]),
            extension(
                "moved", "Quantity", potency(row["milliunits"], context.product[row["vial_id"]])
            ),
            *optional("site", "Reference", site),
            *optional("reason", "String", row["reason"]),
        ],
        code=coded(urn("basic"), "vial-movement", "Units that came into or left a vial"),
        subject=reference("Medication", "vials", row["vial_id"]),
    )


def movement_row(found: Json) -> Json:
    """A line of the ledger."""
    return common(found) | {
        "vial_id": number_of(found["subject"]),
        "kind": extended(found, "movement"),
        "milliunits": thousandths_of(extended(found, "moved")),
        "site_id": optional_number(extended(found, "site")),
        "reason": extended(found, "reason"),
    }
