"""Every route of the clinic: reads a form, calls `endplate.clinic`, shows a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from endplate.case import Plan
from endplate.clinic import charts, patients, reports, stock
from endplate.clinic.fields import day, number
from endplate.clinic.patients import Record
from endplate.clinic.response import Answer, question_of
from endplate.clinic.sign_in import (
    LEAST_PASSWORD,
    change_own_password,
    sign_in,
    sign_out,
    start_session,
)
from endplate.clinic.store import audit
from endplate.clinic.store.database import Database, Transaction
from endplate.clinic.store.tables import addenda, overrides
from endplate.clinic.vial_choice import choose, sittings
from endplate.errors import EndplateError, RecordError
from endplate.safety import check
from endplate.web.clinic import course_picture
from endplate.web.clinic.guard import COOKIE, SIGN_IN, token_of
from endplate.web.clinic.oidc import REFUSED as PROVIDER_REFUSED
from endplate.web.clinic.oidc import TRY_S, Provider
from endplate.web.clinic.pages import form_of, refused, render, signed_in, style, today
from endplate.web.clinic.responses import Responses

_MOST_AUDIT = 200
_HOME = "/clinic"
OIDC_COOKIE = "endplate_oidc"
Handler = Callable[[Request], Response]


def clinic_routes(
    database: Database, secure: bool = False, provider: Provider | None = None
) -> list[Route]:
    """Every route of the clinic.

    Parameters
    ----------
    database : Database
        The clinic's, pooled.
    secure : bool
        Whether the server is reached by https alone: the cookie then says so.
    provider : Provider
        Who else may vouch for a user (OpenID Connect); nobody unless given.
    """
    pages = _Pages(database, secure, provider)
    handlers: dict[tuple[str, str], Handler] = {
        ("GET", "/clinic/sign-in"): pages.sign_in_form,
        ("POST", "/clinic/sign-in"): pages.sign_in,
        ("GET", "/clinic/oidc"): pages.to_provider,
        ("GET", "/clinic/oidc/back"): pages.from_provider,
        ("GET", "/clinic/style.css"): pages.style,
        ("POST", "/clinic/sign-out"): pages.sign_out,
        ("GET", "/clinic/password"): pages.password_form,
        ("POST", "/clinic/password"): pages.password,
        ("GET", "/clinic"): pages.day,
        ("GET", "/clinic/patients"): pages.patients,
        ("POST", "/clinic/patients"): pages.register,
        ("POST", "/clinic/find"): pages.find,
        ("GET", "/clinic/patients/{subject}"): pages.patient,
        ("POST", "/clinic/patients/{subject}/clearances"): pages.clear,
        ("POST", "/clinic/patients/{subject}/consents"): pages.consent,
        ("POST", "/clinic/patients/{subject}/plans"): pages.keep_plan,
        ("POST", "/clinic/patients/{subject}/follow-ups"): pages.follow_up,
        ("POST", "/clinic/patients/{subject}/side-effects"): pages.side_effect,
        ("POST", "/clinic/patients/{subject}/appointments"): pages.book,
        ("POST", "/clinic/patients/{subject}/photos"): pages.keep_photo,
        ("GET", "/clinic/patients/{subject}/photos/{photo}"): pages.photo,
        ("POST", "/clinic/patients/{subject}/charts"): pages.open_chart,
        ("GET", "/clinic/charts/{chart}"): pages.chart,
        ("POST", "/clinic/charts/{chart}/sites"): pages.give,
        ("POST", "/clinic/charts/{chart}/untick"): pages.untick,
        ("POST", "/clinic/charts/{chart}/sign"): pages.sign,
        ("POST", "/clinic/charts/{chart}/addenda"): pages.addendum,
        ("GET", "/clinic/stock"): pages.stock,
        ("POST", "/clinic/stock"): pages.receive,
        ("POST", "/clinic/stock/{vial}/open"): pages.open_vial,
        ("POST", "/clinic/stock/{vial}/discard"): pages.discard,
        ("GET", "/clinic/due"): pages.due,
        ("GET", "/clinic/audit"): pages.audit,
        ("POST", "/clinic/recall"): pages.recall,
    }
    return [
        Route(path, _with_refusals(handler), methods=[method])
        for (method, path), handler in handlers.items()
    ]


def _with_refusals(handler: Handler) -> Handler:
    """What endplate refuses becomes a page; the form's own fields are all there or refused."""

    @wraps(handler)
    def run(request: Request) -> Response:
        try:
            return handler(request)
        except KeyError as missing:
            return refused(request, (f"{missing.args[0]} is missing.",), _HOME, 400)
        except EndplateError as fault:
            sentences = tuple(getattr(fault, "sentences", ())) or (str(fault),)
            return refused(request, sentences, _back_of(request))

    return run


def _back_of(request: Request) -> str:
    """The page that a form stood on."""
    for kind, name in (("patients", "subject"), ("charts", "chart")):
        if name in request.path_params:
            return f"{_HOME}/{kind}/{request.path_params[name]}"
    return f"{_HOME}/stock" if "stock" in request.url.path else _HOME


def _to(path: str) -> Response:
    return RedirectResponse(path, 303)


def _number_in(request: Request, name: str) -> int:
    text = str(request.path_params[name])
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise RecordError(f"there is no {name} of that number.")
    return int(text)


def _whole(form: dict[str, str], name: str) -> int | None:
    text = form.get(name, "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise RecordError(f"{name} must be a whole number.")
    return int(text)


class _Pages:
    """The handlers, over one database."""

    def __init__(self, database: Database, secure: bool, provider: Provider | None) -> None:
        self._database, self._secure, self._provider = database, secure, provider
        self._responses = Responses()

    def _writing(self, request: Request) -> Any:
        return self._database.writing(signed_in(request).user.name)

    def sign_in_form(self, request: Request) -> Response:
        return self._sign_in_page(request, "", 200)

    def _sign_in_page(self, request: Request, fault: str, status: int) -> Response:
        told = {"fault": fault, "by_provider": self._provider is not None}
        return render(request, "sign_in.html.j2", "Sign in", status, **told)

    def sign_in(self, request: Request) -> Response:
        form = form_of(request)
        try:
            token = sign_in(
                self._database, form["name"], form["password"], token_of(request.headers)
            )
        except RecordError as fault:
            return self._sign_in_page(request, str(fault), 403)
        return self._with_session(_to(_HOME), token)

    def _with_session(self, response: Response, token: str) -> Response:
        response.set_cookie(
            COOKIE, token, path="/", httponly=True, samesite="strict", secure=self._secure
        )
        return response

    def to_provider(self, request: Request) -> Response:
        if self._provider is None:
            raise RecordError("sign-in by OpenID Connect is not set up here.")
        try:
            address, state = self._provider.begin()
        except RecordError as fault:
            return self._sign_in_page(request, str(fault), 503)
        response = RedirectResponse(address, 303)
        # lax: the provider sends the browser back from another origin
        response.set_cookie(
            OIDC_COOKIE, state, max_age=TRY_S, path="/clinic/oidc", httponly=True, samesite="lax",
            secure=self._secure,
        )  # fmt: skip
        return response

    def from_provider(self, request: Request) -> Response:
        if self._provider is None:
            raise RecordError("sign-in by OpenID Connect is not set up here.")
        asked, kept = request.query_params, request.cookies.get(OIDC_COOKIE, "")
        try:
            user = self._provider.finish(asked.get("state", ""), kept, asked.get("code", ""))
            token = start_session(self._database, user, token_of(request.headers))
        except EndplateError:  # which part was wrong is nobody's to know
            with self._database.writing("nobody") as tx:
                tx.note("sign_in_refused", "users", by="oidc")
            response = self._sign_in_page(request, PROVIDER_REFUSED, 403)
        else:
            # a page and no redirect: after one from another origin a strict cookie is not sent
            page = render(request, "signed_in.html.j2", "Signed in")
            response = self._with_session(page, token)
        response.delete_cookie(OIDC_COOKIE, path="/clinic/oidc", httponly=True, samesite="lax")
        return response

    def style(self, request: Request) -> Response:
        return Response(style(), media_type="text/css")

    def password_form(self, request: Request) -> Response:
        return render(request, "password.html.j2", "Password", fault="", least=LEAST_PASSWORD)

    def password(self, request: Request) -> Response:
        form = form_of(request)
        try:
            if form["password"] != form["again"]:
                raise RecordError("the two new passwords differ.")
            user = signed_in(request).user
            change_own_password(self._database, user, form["current"], form["password"])
        except RecordError as fault:
            told = {"fault": str(fault), "least": LEAST_PASSWORD}
            return render(request, "password.html.j2", "Password", 403, **told)
        return self._signed_out()

    def sign_out(self, request: Request) -> Response:
        sign_out(self._database, signed_in(request))
        return self._signed_out()

    def _signed_out(self) -> Response:
        response = _to(SIGN_IN)
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
        return response

    def day(self, request: Request) -> Response:
        found, openings = None, []
        if signed_in(request).user.has("injector", "supervisor", "assistant"):
            with self._writing(request) as tx:
                found = reports.day_of(tx, today())
                openings = _openings(tx, found)
        return render(request, "day.html.j2", "The day", day=found, openings=openings)

    def patients(self, request: Request) -> Response:
        return render(request, "patients.html.j2", "Patients", found=None, words="")

    def find(self, request: Request) -> Response:
        words = form_of(request)["words"]
        with self._writing(request) as tx:
            found = patients.find(tx.connection, words)
            tx.note("find", "patients", found=len(found))
        return render(request, "patients.html.j2", "Patients", found=found, words=words)

    def register(self, request: Request) -> Response:
        form = form_of(request)
        identity = patients.Identity(
            form["family_name"],
            form["given_name"],
            day("birth_date", form["birth_date"]),
            form["record_number"],
            form.get("sex") or None,
        )
        with self._writing(request) as tx:
            subject = patients.register(tx, identity)
        return _to(f"/clinic/patients/{subject}")

    def patient(self, request: Request) -> Response:
        subject, user = str(request.path_params["subject"]), signed_in(request).user
        with self._writing(request) as tx:
            record = patients.look(tx, subject)
            plan = record["plans"][-1] if record["plans"] else None
            blocks = []
            if plan is not None:
                kept = charts.kept_plan(tx.connection, plan["id"])
                blocks = charts.blocks_to_open(tx.connection, user, subject, kept, today())
        name = f"{record.identity['family_name']}, {record.identity['given_name']}"
        return render(
            request,
            "patient.html.j2",
            name,
            subject=subject,
            record=record,
            timeline=_timeline(record),
            plan=plan,
            plan_said="" if plan is None else _plan_words(plan["plan_toml"], plan["level"]),
            blocks=blocks,
            endpoint="" if plan is None else _first_use(plan["plan_toml"]),
            response=self._response(record),
        )

    def _response(self, record: Record) -> dict[str, Any]:
        """What is expected of a patient: drawn, being worked out, or why there is nothing."""
        try:
            question = question_of(record)
            found = self._responses.ask(question)
        except EndplateError as fault:
            return {"said": str(fault), "waits": False, "answer": None}
        if not isinstance(found, Answer):
            waits = found is None
            said = "The forecast is being worked out." if found is None else found
            return {"said": said, "waits": waits, "answer": None}
        return {
            "said": course_picture.said(question, found),
            "waits": False,
            "answer": found,
            "picture": Markup(course_picture.picture(question, found)),
            "rows": course_picture.rows(question, found),
            "scale": course_picture.scale_words(question),
        }

    def clear(self, request: Request) -> Response:
        form, subject = form_of(request), str(request.path_params["subject"])
        with self._writing(request) as tx:
            patients.clear(
                tx,
                signed_in(request).user,
                subject,
                form["indication"],
                form["mode"],
                form["history"],
                form["examination"],
                form["contraindications"],
                form["allowed"],
                day("examined_on", form["examined_on"]),
                day("expires_on", form["expires_on"]),
            )
        return _to(_back_of(request))

    def consent(self, request: Request) -> Response:
        form, subject = form_of(request), str(request.path_params["subject"])
        with self._writing(request) as tx:
            patients.consent(
                tx,
                subject,
                form["indication"],
                form["text_version"],
                form["text"],
                day("given_on", form["given_on"]),
            )
        return _to(_back_of(request))

    def keep_plan(self, request: Request) -> Response:
        plan = Plan.loads(form_of(request)["plan"].replace("\r\n", "\n"))
        with self._writing(request) as tx:
            charts.keep_plan(tx, str(request.path_params["subject"]), plan)
        return _to(_back_of(request))

    def follow_up(self, request: Request) -> Response:
        form = form_of(request)
        with self._writing(request) as tx:
            patients.follow_up(
                tx,
                str(request.path_params["subject"]),
                form["kind"],
                form["endpoint"],
                number("value", form["value"], -1e5, 1e5),
                day("observed_on", form["observed_on"]),
                _whole(form, "treatment_id"),
                form.get("note"),
            )
        return _to(_back_of(request))

    def side_effect(self, request: Request) -> Response:
        form = form_of(request)
        ended = form.get("ended_on", "")
        with self._writing(request) as tx:
            patients.side_effect(
                tx,
                str(request.path_params["subject"]),
                form["term"],
                day("started_on", form["started_on"]),
                form["outcome"],
                form.get("serious") == "yes",
                day("ended_on", ended) if ended else None,
                _whole(form, "treatment_id"),
                form.get("note"),
            )
        return _to(_back_of(request))

    def book(self, request: Request) -> Response:
        form = form_of(request)
        with self._writing(request) as tx:
            subject = str(request.path_params["subject"])
            patients.book(tx, subject, day("day", form["day"]), form["time"], form["indication"])
        return _to(_back_of(request))

    def keep_photo(self, request: Request) -> Response:
        form, content = form_of(request), request.state.file
        if not content:
            raise RecordError("no picture was chosen.")
        with self._writing(request) as tx:
            patients.photo(
                tx,
                str(request.path_params["subject"]),
                day("taken_on", form["taken_on"]),
                content,
                _whole(form, "treatment_id"),
            )
        return _to(_back_of(request))

    def photo(self, request: Request) -> Response:
        subject, number_ = str(request.path_params["subject"]), _number_in(request, "photo")
        with self._writing(request) as tx:
            row = patients.look_at_photo(tx, subject, number_)
        return Response(bytes(row["content"]), media_type=row["media_type"])

    def open_chart(self, request: Request) -> Response:
        form = form_of(request)
        reasons = {
            name.removeprefix("reason:"): value
            for name, value in form.items()
            if name.startswith("reason:") and value.strip()
        }
        with self._writing(request) as tx:
            chart = charts.open_chart(
                tx,
                signed_in(request).user,
                str(request.path_params["subject"]),
                _whole(form, "plan_id") or 0,
                reasons,
                today(),
            )
        return _to(f"/clinic/charts/{chart}")

    def chart(self, request: Request) -> Response:
        number_ = _number_in(request, "chart")
        with self._writing(request) as tx:
            chart = charts.chart_of(tx.connection, number_)
            who = patients.identity_of(tx.connection, chart.row["subject_id"])
            tx.note("look", "treatments", number_, chart.row["subject_id"])
            plan = charts.kept_plan(tx.connection, chart.row["plan_id"])
            used = {site["vial_id"] for site in chart.sites}
            context = {
                "who": f"{who['family_name']}, {who['given_name']}, born {who['birth_date']}",
                "planned": list(enumerate(charts.planned_injections(plan))),
                "given_numbers": {site["planned_site"] for site in chart.sites},
                "vials": stock.in_stock(tx.connection, chart.row["product"]),
                "lots": {vial: stock.vial_row(tx.connection, vial)["lot"] for vial in used},
                "overrides": charts.rows_of(tx.connection, overrides, number_),
                "addenda": charts.rows_of(tx.connection, addenda, number_),
                "mine": chart.row["injector"] == signed_in(request).user.name,
            }
        return render(request, "chart.html.j2", f"Chart {number_}", chart=chart, **context)

    def give(self, request: Request) -> Response:
        form, number_ = form_of(request), _number_in(request, "chart")
        ticked = [value for name, value in request.state.form if name == "site"]
        if not ticked:
            raise RecordError("no site was ticked.")
        user, vial = signed_in(request).user, _whole(form, "vial_id") or 0
        with self._writing(request) as tx:
            chart = charts.chart_of(tx.connection, number_)
            if lot := form.get("lot", "").strip():
                vial = stock.vial_of_lot(tx.connection, chart.row["product"], lot, vial)
            plan = charts.kept_plan(tx.connection, chart.row["plan_id"])
            planned = charts.planned_injections(plan)
            reason = form.get("reason", "").strip()
            reasons = {}
            for text in ticked:
                place = _whole({"site": text}, "site")
                if place is None or place >= len(planned):
                    raise RecordError("the plan has no such site.")
                site = planned[place]
                given = charts.GivenSite(
                    vial, site.indication, site.muscle, site.side, site.dose_u, site.volume_ml,
                    guidance=form.get("guidance"), planned_site=place,
                    depth_mm=site.point_mm[2] if site.stated and site.point_mm else None,
                )  # fmt: skip
                if reason and not reasons:
                    reasons = charts.reasons_for(tx.connection, chart, given, reason)
                charts.give(tx, user, number_, given, reasons)
                reasons = {}  # said once, kept for the rest of the chart
                reason = ""
        return _to(_back_of(request))

    def untick(self, request: Request) -> Response:
        form = form_of(request)
        with self._writing(request) as tx:
            site = _whole(form, "site_id") or 0
            charts.untick(tx, signed_in(request).user, site, form["why"])
        return _to(_back_of(request))

    def sign(self, request: Request) -> Response:
        with self._writing(request) as tx:
            charts.sign(tx, signed_in(request).user, _number_in(request, "chart"), today())
        return _to(_back_of(request))

    def addendum(self, request: Request) -> Response:
        with self._writing(request) as tx:
            charts.add_to(tx, _number_in(request, "chart"), form_of(request)["text"])
        return _to(_back_of(request))

    def stock(self, request: Request) -> Response:
        with self._database.reading() as connection:
            rows = stock.in_stock(connection)
        return render(request, "stock.html.j2", "Stock", vials=rows, reasons=stock.REASONS)

    def receive(self, request: Request) -> Response:
        form = form_of(request)
        with self._writing(request) as tx:
            stock.receive(
                tx,
                form["product"],
                number("content_u", form["content_u"], 0.001, 50_000),
                form["lot"],
                form["expires_on"],
                _whole(form, "count") or 0,
                form["form"],
            )
        return _to("/clinic/stock")

    def open_vial(self, request: Request) -> Response:
        diluent_ml = number("diluent_ml", form_of(request)["diluent_ml"], 0.01, 100)
        with self._writing(request) as tx:
            stock.open_vial(tx, _number_in(request, "vial"), diluent_ml)
        return _to("/clinic/stock")

    def discard(self, request: Request) -> Response:
        form = form_of(request)
        with self._writing(request) as tx:
            stock.discard(tx, _number_in(request, "vial"), form["reason"], form.get("note", ""))
        return _to("/clinic/stock")

    def due(self, request: Request) -> Response:
        with self._writing(request) as tx:
            found = reports.due(tx, today())
        rows = [
            (one.due_on, f"{one.family_name}, {one.given_name}", one.record_number,
             ", ".join(one.indications).replace("_", " "), one.last_on,
             f"{one.interval_d:g} d, {one.interval_origin}")
            for one in found
        ]  # fmt: skip
        columns = ("Not before", "Patient", "Record number", "For", "Last", "Interval")
        return render(request, "list.html.j2", "Due", said="", columns=columns, rows=rows)

    def audit(self, request: Request) -> Response:
        with self._database.reading() as connection:
            found = audit.verify(connection)
            latest = audit.rows_about(connection, None, _MOST_AUDIT)
        said = (
            f"{found.rows} rows, whole; the head is {found.head.hash}."
            if found.whole
            else f"Broken: {found.faults[0]}"
        )
        columns = ("Row", "When", "Who", "What", "Of", "Number")
        rows = [
            (row["seq"], row["at"], row["actor"], row["action"], row["entity"], row["entity_id"])
            for row in latest
        ]
        return render(request, "list.html.j2", "Audit", said=said, columns=columns, rows=rows)

    def recall(self, request: Request) -> Response:
        with self._writing(request) as tx:
            found = reports.recall(tx, form_of(request)["lot"])
        rows = [
            (one.treated_on, one.treatment_id, f"{one.family_name}, {one.given_name}",
             one.birth_date, one.record_number, f"{one.dose_u:g} U", one.injector)
            for one in found.treatments
        ]  # fmt: skip
        columns = ("When", "Chart", "Patient", "Born", "Record number", "Dose", "By")
        said = (
            f"Lot {found.lot}: {len(found.treatments)} treatments; vials in stock: "
            f"{', '.join(map(str, found.in_stock)) or 'none'}."
        )
        return render(request, "list.html.j2", "Recall", said=said, columns=columns, rows=rows)


def _openings(tx: Transaction, found: reports.Day) -> list[str]:
    """Vials to open for those who come, from their latest plans."""
    chosen = []
    for row in found.appointments:
        latest = patients.latest_plan(tx.connection, row["subject_id"])
        if latest is not None:
            chosen.append(charts.kept_plan(tx.connection, latest))
    if not chosen:
        return []
    try:
        openings = choose(sittings(chosen), stock.stock_counts(tx.connection, found.on))
    except EndplateError as fault:
        return [str(fault)]
    return [
        f"{opening.dose_u:g} U of {opening.product}: "
        + " and ".join(
            f"{count} x {vial_u:g} U in {diluent_ml:.4g} mL"
            for vial_u, diluent_ml, count in opening.vials
        )
        + f"; {opening.left_u:g} U are left"
        for opening in openings
    ]


def _timeline(record: patients.Record) -> list[tuple[Any, str, str]]:
    """What was recorded of a person, the latest first."""
    events: list[tuple[Any, str, str]] = []
    for row in record["treatments"]:
        what = f"{row['product']} for {row['indications'].replace('_', ' ')}"
        events.append((row["treated_on"], f"treated: {what}", f"/clinic/charts/{row['id']}"))
    for row in record["clearances"]:
        what = f"cleared for {row['indication'].replace('_', ' ')} until {row['expires_on']}"
        events.append((row["examined_on"], f"{what}, by {row['examined_by']}", ""))
    for row in record["consents"]:
        what = "withdrew consent" if row["withdrawn_on"] else "consented"
        use = row["indication"].replace("_", " ")
        events.append((row["withdrawn_on"] or row["given_on"], f"{what}: {use}", ""))
    for row in record["follow_ups"]:
        note = f" ({row['note']})" if row["note"] else ""
        what = f"{row['kind'].replace('_', ' ')}: {row['endpoint'].replace('_', ' ')}"
        events.append((row["observed_on"], f"{what} {row['value']:g}{note}", ""))
    for row in record["side_effects"]:
        serious = ", serious" if row["serious"] else ""
        outcome = row["outcome"].replace("_", " ")
        events.append((row["started_on"], f"side effect: {row['term']}, {outcome}{serious}", ""))
    for row in record["appointments"]:
        use = row["indication"].replace("_", " ")
        events.append((row["day"], f"{row['state']} at {row['time']}: {use}", ""))
    return sorted(events, key=lambda event: event[0], reverse=True)


def _plan_words(text: str, level: str) -> str:
    plan = Plan.loads(text)
    planned = charts.planned_injections(plan)
    dose_u = sum(site.dose_u for site in planned)
    uses = ", ".join(plan.treatment.indications).replace("_", " ")
    stops = check(plan).open_stops
    return (
        f"{dose_u:g} U of {plan.treatment.product} at {len(planned)} sites for {uses}. "
        f"Label check when it was kept: {level}; open stops now: {stops}."
    )


def _first_use(text: str) -> str:
    return Plan.loads(text).treatment.indications[0]
