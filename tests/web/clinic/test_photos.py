"""Photos on a patient's page: kept without metadata, shown to who may see them, refused else."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from clinic_cases import today
from endplate.clinic.store import audit
from endplate.clinic.store.tables import photos
from endplate.web.clinic.guard import MOST_UPLOAD_BYTES


def picture(form: str = "JPEG", **more) -> bytes:
    """A picture whose metadata say where and with what it was taken."""
    made = Image.new("RGB", (64, 48), (200, 40, 40))
    exif = Image.Exif()
    exif[0x010F] = "SECRET-CAMERA"  # maker
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 0.0)}  # where
    written = io.BytesIO()
    made.save(written, format=form, **({"exif": exif} if form == "JPEG" else {}), **more)
    return written.getvalue()


def at(clinic, rest: str = "") -> str:
    return f"/clinic/patients/{clinic.subject}{rest}"


def test_a_photo_is_kept_without_metadata_and_shown(served_clinic, visitor):
    clinic, _ = served_clinic
    anna = visitor("anna")
    sent = picture()
    assert b"SECRET-CAMERA" in sent
    got = anna.upload(at(clinic, "/photos"), sent, taken_on=str(today()), treatment_id="")
    assert (got.status_code, got.headers["location"]) == (303, at(clinic))
    page = anna.get(at(clinic))
    assert f'src="{at(clinic, "/photos/1")}"' in page.text
    assert f'alt="Photo of {today()}"' in page.text
    shown = anna.get(at(clinic, "/photos/1"))
    assert shown.headers["content-type"] == "image/jpeg"
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert b"SECRET" not in shown.content
    assert b"IMG_0001" not in shown.content
    opened = Image.open(io.BytesIO(shown.content))
    assert (opened.size, dict(opened.getexif())) == ((64, 48), {})
    with clinic.database.reading() as connection:
        assert connection.execute(select(photos.c.content)).scalar_one() == shown.content
        looks = [(row["action"], row["entity"], row["entity_id"])
                 for row in audit.rows_about(connection, None, 50)]  # fmt: skip
    assert ("look", "photos", "1") in looks


def test_who_may_not_see_photos_is_told_that_there_are_some(served_clinic, visitor):
    clinic, _ = served_clinic
    visitor("anna").upload(at(clinic, "/photos"), picture("PNG"), taken_on=str(today()))
    otto = visitor("otto")
    page = otto.get(at(clinic))
    assert page.status_code == 200
    assert "1 photo is kept; your roles do not show it." in page.text
    assert "<img" not in page.text
    assert otto.get(at(clinic, "/photos/1")).status_code == 403
    assert visitor().get(at(clinic, "/photos/1")).status_code == 303


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "no picture was chosen."),
        (b"", "no picture was chosen."),
        (b"<svg onload=alert(1)>", "the picture is no JPEG or PNG that can be read."),
        (picture()[:200], "the picture is no JPEG or PNG that can be read."),
        (picture("GIF"), "the picture is no JPEG or PNG that can be read."),
        (b"\xff\xd8" + bytes(12_000_001), "the picture is larger than 12 MB."),
    ],
    ids=["none", "empty", "markup", "cut", "gif", "large"],
)
def test_another_file_is_refused_in_one_sentence(served_clinic, visitor, content, sentence):
    clinic, _ = served_clinic
    got = visitor("anna").upload(at(clinic, "/photos"), content, taken_on=str(today()))
    assert got.status_code == 422
    assert sentence in got.text
    with clinic.database.reading() as connection:
        assert connection.execute(select(photos.c.id)).all() == []


def test_a_body_over_the_limit_or_of_another_kind_is_refused(served_clinic, visitor):
    clinic, _ = served_clinic
    anna, path = visitor("anna"), at(clinic, "/photos")
    assert anna.upload(path, bytes(MOST_UPLOAD_BYTES), taken_on="x").status_code == 413
    for kind in ("application/x-www-form-urlencoded", "application/json", "text/plain"):
        assert anna.send(path, b"picture=1", kind).status_code == 415
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        got = anna.send(path, b"not such a form", kind)
        assert got.status_code in {400, 403}
        assert got.text in {
            "The form cannot be read.", "This form is of another session; open the page again.",
        }  # fmt: skip
    # a route without a file takes none
    assert anna.upload(at(clinic, "/consents"), picture()).status_code == 415


def test_a_form_of_another_session_keeps_no_photo(served_clinic, visitor):
    clinic, _ = served_clinic
    got = visitor("anna").upload(
        at(clinic, "/photos"), picture(), taken_on=str(today()), form_token="another"
    )
    assert (got.status_code, "another session" in got.text) == (403, True)


def test_a_photo_is_found_under_its_own_patient_alone(served_clinic, visitor):
    clinic, _ = served_clinic
    anna = visitor("anna")
    anna.upload(at(clinic, "/photos"), picture(), taken_on=str(today()))
    other = anna.post(
        "/clinic/patients", family_name="Other", given_name="One", birth_date="1970-01-01",
        record_number="R-2",
    ).headers["location"]  # fmt: skip
    for path in (f"{other}/photos/1", at(clinic, "/photos/2"), at(clinic, "/photos/x")):
        got = anna.get(path)
        assert got.status_code == 422
        assert "no " in got.text
