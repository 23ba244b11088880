"""`endplate clinic`: the records of a clinic from the command line.

What is typed here is done by whoever may read the database; the audit trail names the login. Nobody
signs or gives here: that takes a user who is signed in.
"""

import getpass
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from endplate.cli.findings import printable
from endplate.errors import EndplateError, RecordError

if TYPE_CHECKING:
    from endplate.clinic.store.database import Database, Transaction

DIFFERENCE = 1  # what was looked for is not as it should be: the code of a stop

Address = Annotated[
    str | None,
    typer.Option(
        "--database",
        help="File or address of the records; ENDPLATE_DATABASE_URL, else a file of this user.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from stdin, one line.")
]
Name = Annotated[str, typer.Argument(help="Name to sign in with.", show_default=False)]
FullName = Annotated[
    str | None, typer.Option(help="Name as it stands under a chart.", show_default=False)
]
Roles = Annotated[
    list[str],
    typer.Option(
        "--role",
        help="injector, supervisor, assistant, auditor or administrator; may be repeated.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    clinic = typer.Typer(
        no_args_is_help=True,
        help="A clinic's records: who cleared, who gave what from which vial, what came of it.",
    )
    user = typer.Typer(no_args_is_help=True, help="Users, their roles and credentials.")
    audit = typer.Typer(no_args_is_help=True, help="The audit trail.")
    _add_records(clinic)
    _add_stock(clinic)
    _add_exchange(clinic)
    _add_users(user)
    _add_audit(audit)
    clinic.add_typer(user, name="user")
    clinic.add_typer(audit, name="audit")
    app.add_typer(clinic, name="clinic")


def _needs_extra(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command that says which extra it lacks."""

    @wraps(command)
    def run(*args: Any, **options: Any) -> Any:
        try:
            return command(*args, **options)
        except ModuleNotFoundError as missing:
            raise EndplateError(
                f"the clinic needs {missing.name}; install it with: pip install '.[clinic]' in the "
                "checkout of endplate"
            ) from None

    return run


def _add_records(clinic: typer.Typer) -> None:
    @clinic.command()
    @_needs_extra
    def init(
        admin: Annotated[
            str | None,
            typer.Option(help="Name of the first administrator.", show_default=False),
        ] = None,
        full_name: FullName = None,
        password_stdin: FromStdin = False,
        database: Address = None,
        json: Json = False,
    ) -> None:
        """Make the records, or bring those of an earlier version to this one's schema.

        With --admin, makes the first administrator too, and asks for a password.
        """
        from endplate.clinic.people import add_user, all_users, require_user
        from endplate.clinic.sign_in import set_password
        from endplate.clinic.store import schema
        from endplate.clinic.store.database import Database, prepare_file

        opened = Database.connect(database)
        password = _password(password_stdin) if admin else ""
        prepare_file(opened)
        before = schema.version_of(opened)
        if before != schema.newest():
            schema.migrate(opened)
        with opened.writing(_actor()) as tx:
            if admin:
                if any(one.has("administrator") for one in all_users(tx.connection)):
                    raise RecordError(
                        "there is an administrator already; `endplate clinic user add` adds users."
                    )
                add_user(tx, admin, full_name or admin, ["administrator"])
                set_password(tx, require_user(tx.connection, admin), password)
        value = {
            "database": _database_name(opened),
            "schema": schema.newest(),
            "migrated_from": before,
        }
        said = f"The records are at {value['database']}, schema {value['schema']}."
        _print(json, value, [said])

    @clinic.command()
    @_needs_extra
    def recall(
        lot: Annotated[str, typer.Argument(help="Lot as printed.", show_default=False)],
        database: Address = None,
        json: Json = False,
    ) -> None:
        """List who got units of a lot, and which vials of it are left."""
        from endplate.clinic.reports import recall as of_lot

        with _writing(database) as tx:
            found = of_lot(tx, lot)
        lines = [
            f"{one.treated_on}  chart {one.treatment_id}  {one.dose_u:g} U of {one.product}  "
            f"{one.record_number}  {one.family_name}, {one.given_name}, born {one.birth_date}"
            for one in found.treatments
        ]
        vials = ", ".join(map(str, found.in_stock)) or "none"
        count = len({one.record_number for one in found.treatments})
        said = f"Lot {found.lot}: {len(found.treatments)} treatments of {count} patients."
        _print(json, found.as_dict(), [*lines, said, f"Vials of it still in stock: {vials}."])

    @clinic.command()
    @_needs_extra
    def due(
        on: Annotated[
            str | None, typer.Option(help="Day to look from; today.", show_default=False)
        ] = None,
        days: Annotated[int, typer.Option(help="Days to look ahead.", min=0, max=730)] = 28,
        database: Address = None,
        json: Json = False,
    ) -> None:
        """List who may come again, never before the interval of plan or label, unless booked."""
        from endplate.clinic.reports import due as who

        with _writing(database) as tx:
            found = who(tx, _day("--on", on), days)
        lines = [
            f"{one.due_on}  {one.record_number}  {one.family_name}, {one.given_name}: "
            f"{', '.join(one.indications)}, last {one.last_on} with {one.product} "
            f"({one.interval_d:g} d, {one.interval_origin})"
            for one in found
        ]
        _print(json, {"due": [one.as_dict() for one in found]}, lines or ["Nobody is due."])


def _add_stock(clinic: typer.Typer) -> None:
    @clinic.command()
    @_needs_extra
    def receive(
        product: Annotated[str, typer.Argument(help="Product or brand.", show_default=False)],
        content: Annotated[float, typer.Option(help="Units in each vial.", show_default=False)],
        lot: Annotated[str, typer.Option(help="Lot as printed.", show_default=False)],
        expires: Annotated[
            str, typer.Option(help="Last day of use, as 2027-05-31.", show_default=False)
        ],
        count: Annotated[int, typer.Option(help="How many vials.")] = 1,
        form: Annotated[str, typer.Option(help="powder or solution.")] = "powder",
        database: Address = None,
        json: Json = False,
    ) -> None:
        """Take vials into stock."""
        from endplate.clinic import stock as cabinet

        with _writing(database) as tx:
            numbers = cabinet.receive(tx, product, content, lot, expires, count, form)
        _print(json, {"vials": numbers}, [f"In stock as vial {', '.join(map(str, numbers))}."])

    @clinic.command()
    @_needs_extra
    def stock(database: Address = None, json: Json = False) -> None:
        """List vials that hold something, first expiry first."""
        from endplate.clinic import stock as cabinet
        from endplate.clinic.store.instant import units

        with _opened(database).reading() as connection:
            rows = cabinet.in_stock(connection)
        plain = [
            {
                "vial": row["id"],
                "product": row["product"],
                "lot": row["lot"],
                "expires_on": row["expires_on"].isoformat(),
                "state": row["state"],
                "content_u": units(row["content_milliunits"]),
                "left_u": units(row["left_milliunits"]),
                "use_until": row["use_until"],
            }
            for row in rows
        ]
        lines = [
            f"vial {one['vial']}  {one['product']}  lot {one['lot']}  expires {one['expires_on']}  "
            f"{one['state']}  {one['left_u']:g} of {one['content_u']:g} U"
            + (f"  use until {one['use_until']}" if one["use_until"] else "")
            for one in plain
        ]
        _print(json, {"vials": plain}, lines or ["The cabinet is empty."])

    @clinic.command()
    @_needs_extra
    def discard(
        vial: Annotated[int, typer.Argument(help="Number of the vial.", show_default=False)],
        reason: Annotated[
            str,
            typer.Option(
                help="left over, over time, expired, broken, cooling failed, recalled or other.",
                show_default=False,
            ),
        ],
        note: Annotated[str, typer.Option(help="More in words.")] = "",
        database: Address = None,
        json: Json = False,
    ) -> None:
        """Throw away what a vial has left."""
        from endplate.clinic import stock as cabinet

        with _writing(database) as tx:
            left_u = cabinet.discard(tx, vial, reason, note)
        _print(json, {"vial": vial, "discarded_u": left_u}, [f"{left_u:g} U were thrown away."])

    @clinic.command()
    @_needs_extra
    def waste(
        since: Annotated[
            str | None,
            typer.Option("--from", help="First day; the first of this year.", show_default=False),
        ] = None,
        to: Annotated[
            str | None, typer.Option("--to", help="Last day; today.", show_default=False)
        ] = None,
        database: Address = None,
        json: Json = False,
    ) -> None:
        """List units thrown away by product, lot and reason, beside those given."""
        from endplate.clinic import stock as cabinet

        last = _day("--to", to)
        first = _day("--from", since) if since else date(last.year, 1, 1)
        with _opened(database).reading() as connection:
            rows = cabinet.waste(connection, first, last)
        lines = [
            f"{one.product}  lot {one.lot}  {one.reason}: {one.discarded_u:g} U of {one.vials} "
            f"vials thrown away, {one.given_u:g} U of them given"
            for one in rows
        ]
        value = {"from": first.isoformat(), "to": last.isoformat(),
                 "waste": [one.as_dict() for one in rows]}  # fmt: skip
        _print(json, value, lines or ["Nothing was thrown away."])

    @clinic.command()
    @_needs_extra
    def reconcile(
        counted: Annotated[
            str | None,
            typer.Option(
                help="Numbers of the vials found in the cabinet, as 3,4,7.", show_default=False
            ),
        ] = None,
        database: Address = None,
        json: Json = False,
    ) -> int:
        """Hold cabinet, ledger and charts against each other; exit code 1 if they differ."""
        from endplate.clinic import stock as cabinet
        from endplate.clinic.charts import altered_charts

        found = None if counted is None else _numbers("--counted", counted)
        with _opened(database).reading() as connection:
            faults = [*cabinet.reconcile(connection, found), *altered_charts(connection)]
        _print(json, {"differences": faults}, faults or ["Cabinet, ledger and charts agree."])
        return DIFFERENCE if faults else 0


def _add_exchange(clinic: typer.Typer) -> None:
    @clinic.command()
    @_needs_extra
    def backup(
        file: Annotated[
            Path, typer.Argument(help="Where to; FILE.json beside it.", show_default=False)
        ],
        database: Address = None,
        json: Json = False,
    ) -> None:
        """Write everything into one file, checked, with the head of the audit trail beside it."""
        from endplate.clinic.exchange.backup import backup as write

        _require_new(file)
        made = write(_opened(database), file, _actor())
        said = f"{sum(made.rows.values())} records are in {file}; {_head(made.head)}"
        _print(
            json, made.as_dict(), [said, "Keep it as safe as the records: it holds all of them."]
        )

    @clinic.command()
    @_needs_extra
    def restore(
        file: Annotated[Path, typer.Argument(help="The backup.", show_default=False)],
        replace: Annotated[
            bool, typer.Option("--replace", help="Set aside the clinic that is there (SQLite).")
        ] = False,
        database: Address = None,
        json: Json = False,
    ) -> None:
        """Put a backup in place, checked down to the head of its audit trail."""
        from endplate.clinic.exchange.backup import restore as put
        from endplate.clinic.store.database import Database

        opened = Database.connect(database)
        found = put(file, opened, replace)
        count, place = sum(found.rows.values()), _database_name(opened)
        said = f"{count} records are at {place}; {_head(found.head)}"
        _print(json, found.as_dict(), [said])

    @clinic.command(name="export")
    @_needs_extra
    def export_(
        place: Annotated[
            Path,
            typer.Argument(
                help="An empty folder, made where missing; of --format fhir a new file.",
                show_default=False,
            ),
        ],
        form: Annotated[
            str,
            typer.Option(
                "--format", help="csv, a file a table, or fhir, one Bundle of FHIR R4 as JSON."
            ),
        ] = "csv",
        with_forecasts: Annotated[
            bool,
            typer.Option(
                "--with-forecasts",
                help="With fhir: what is expected of each patient too; seconds a patient.",
            ),
        ] = False,
        database: Address = None,
        json: Json = False,
    ) -> None:
        """Write all records for another system; says what leaves. Passwords and sessions stay."""
        from endplate.clinic.fields import choice_of
        from endplate.errors import RecordError

        opened = _opened(database)
        if choice_of("--format", form, ("csv", "fhir")) == "fhir":
            from endplate.clinic.exchange.fhir_r4.bundle import export as write

            _require_new(place)
            made = write(opened, place, _actor(), with_forecasts)
        else:
            from endplate.clinic.exchange.tables_csv import export as write

            if with_forecasts:
                raise RecordError("--with-forecasts goes with --format fhir.")
            _make_empty(place)
            made = write(opened, place, _actor())
        what = "resources" if form == "fhir" else "rows"
        lines = [f"{name}: {count} {what}" for name, count in made.rows.items() if count]
        warning = "This leaves the records: names, birth dates and everything charted about them."
        _print(json, made.as_dict(), [*lines, _head(made.head), warning])

    @clinic.command(name="import")
    @_needs_extra
    def import_(
        place: Annotated[
            Path,
            typer.Argument(help="Folder of an export, or its FHIR Bundle.", show_default=False),
        ],
        database: Address = None,
        json: Json = False,
    ) -> None:
        """Read an export into records that are still empty; passwords are set anew afterwards."""
        opened = _opened(database)
        if place.is_file():
            from endplate.clinic.exchange.fhir_r4.bundle import import_ as read
        else:
            from endplate.clinic.exchange.tables_csv import import_ as read
        found = read(place, opened)
        count, where = sum(found.rows.values()), _database_name(opened)
        said = f"{count} records are at {where}; {_head(found.head)}"
        hint = "Nobody can sign in before `endplate clinic user password NAME`."
        _print(json, found.as_dict(), [said, hint])


def _add_users(user: typer.Typer) -> None:
    @user.command()
    @_needs_extra
    def add(
        name: Name,
        role: Roles,
        full_name: FullName = None,
        password_stdin: FromStdin = False,
        database: Address = None,
        json: Json = False,
    ) -> None:
        """Add a user, and ask for a password."""
        from endplate.clinic.people import add_user, require_user
        from endplate.clinic.sign_in import set_password

        opened, password = _opened(database), _password(password_stdin)
        with opened.writing(_actor()) as tx:
            add_user(tx, name, full_name or name, role)
            set_password(tx, require_user(tx.connection, name), password)
        _print(json, {"user": name, "roles": role}, [f"{name} may sign in now."])

    @user.command(name="list")
    @_needs_extra
    def list_(database: Address = None, json: Json = False) -> None:
        """List users with their roles and credentials."""
        from dataclasses import asdict

        from endplate.clinic.people import all_users, credentials_of

        with _opened(database).reading() as connection:
            every = [(one, credentials_of(connection, one.id)) for one in all_users(connection)]
        value = [
            asdict(one)
            | {"roles": list(one.roles)}
            | {
                "credentials": [
                    asdict(own) | {"expires_on": own.expires_on.isoformat()} for own in held
                ]
            }
            for one, held in every
        ]
        lines = []
        for one, held in every:
            state = "  (disabled)" if one.disabled else ""
            lines.append(f"{one.name}  {one.full_name}  {', '.join(one.roles)}{state}")
            lines += [
                f"  {own.indication}: {own.number} of {own.issuer}, until {own.expires_on}"
                + (", supervised" if own.supervised else "")
                for own in held
            ]
        _print(json, {"users": value}, lines or ["There is no user yet."])

    @user.command()
    @_needs_extra
    def roles(name: Name, role: Roles, database: Address = None, json: Json = False) -> None:
        """Give a user other roles."""
        from endplate.clinic.people import change_roles, require_user

        with _writing(database) as tx:
            change_roles(tx, require_user(tx.connection, name), role)
        _print(json, {"user": name, "roles": role}, [f"{name} is {', '.join(role)} now."])

    @user.command()
    @_needs_extra
    def password(
        name: Name, password_stdin: FromStdin = False, database: Address = None, json: Json = False
    ) -> None:
        """Set a user's password anew; open sessions of that user end."""
        from endplate.clinic.people import require_user
        from endplate.clinic.sign_in import set_password

        opened, typed = _opened(database), _password(password_stdin)
        with opened.writing(_actor()) as tx:
            set_password(tx, require_user(tx.connection, name), typed)
        _print(json, {"user": name}, [f"{name} has a new password."])

    @user.command()
    @_needs_extra
    def disable(name: Name, database: Address = None, json: Json = False) -> None:
        """Keep a user from signing in and acting; the records keep the name."""
        from endplate.clinic.people import disable as keep_out
        from endplate.clinic.people import require_user
        from endplate.clinic.sign_in import end_sessions

        with _writing(database) as tx:
            found = require_user(tx.connection, name)
            keep_out(tx, found)
            end_sessions(tx, found)
        _print(json, {"user": name}, [f"{name} is disabled."])

    @user.command()
    @_needs_extra
    def credential(
        name: Name,
        indication: Annotated[str, typer.Option(help="What it is for.", show_default=False)],
        number: Annotated[str, typer.Option(help="Its number.", show_default=False)],
        issuer: Annotated[str, typer.Option(help="Who issued it.", show_default=False)],
        expires: Annotated[str, typer.Option(help="Last day, as 2027-12-31.", show_default=False)],
        supervised: Annotated[
            bool, typer.Option("--supervised", help="A supervisor signs every chart too.")
        ] = False,
        database: Address = None,
        json: Json = False,
    ) -> None:
        """Record the right to treat for one indication, in place of an earlier one."""
        from endplate.clinic.people import add_credential, require_user

        with _writing(database) as tx:
            found = require_user(tx.connection, name)
            kept = add_credential(
                tx, found, indication, number, issuer, _day("--expires", expires), supervised
            )
        _print(json, {"user": name, "credential": kept}, [f"{name} may treat {indication}."])


def _add_audit(audit: typer.Typer) -> None:
    @audit.command()
    @_needs_extra
    def verify(
        against: Annotated[
            Path | None,
            typer.Option(
                help="Manifest of a backup or export, whose head the trail must go through.",
                show_default=False,
            ),
        ] = None,
        database: Address = None,
        json: Json = False,
    ) -> int:
        """Follow the whole audit trail, and hold every record against it; exit code 1 if broken."""
        from endplate.clinic.exchange.manifest import read_manifest
        from endplate.clinic.store import audit as trail

        head = read_manifest(against).head if against else None
        with _opened(database).reading() as connection:
            found = trail.verify(connection, head)
        value = {"whole": found.whole, "rows": found.rows, "head": found.head.as_dict(),
                 "faults": list(found.faults)}  # fmt: skip
        said = f"{found.rows} rows follow each other, and every record is as it was written."
        _print(json, value, [*(found.faults or [said]), _head(found.head)])
        return 0 if found.whole else DIFFERENCE


def _opened(address: str | None) -> "Database":
    from endplate.clinic.store.database import Database

    return Database.open(address)


@contextmanager
def _writing(address: str | None) -> "Iterator[Transaction]":
    with _opened(address).writing(_actor()) as transaction:
        yield transaction


def _actor() -> str:
    """Who types, for the audit trail; no user of the clinic has a colon in the name."""
    try:
        return f"console:{getpass.getuser()}"
    except (KeyError, OSError):
        return "console:unknown"


def _database_name(database: "Database") -> str:
    return str(database.path) if database.is_sqlite else str(database.url.render_as_string())


def _head(head: Any) -> str:
    return f"the audit trail ends at row {head.seq} with {head.hash}."


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise RecordError("a password is needed; type it at a terminal or use --password-stdin.")
    typed = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != typed:
        raise RecordError("the two passwords differ.")
    return typed


def _day(option: str, text: str | None) -> date:
    from endplate.clinic.fields import day

    return day(option, text) if text else date.today()


def _numbers(option: str, text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise RecordError(
            f"{option} is {text[:60]!r}; allowed are numbers with commas between, as 3,4,7."
        ) from None


def _require_new(path: Path) -> None:
    if path.exists():
        raise RecordError(f"{path} exists; give what is written a name of its own.")
    if not path.parent.is_dir():
        raise RecordError(f"there is no folder {path.parent}.")


def _make_empty(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if any(folder.iterdir()):
            raise RecordError(f"{folder} is not empty; an export needs a folder of its own.")
    except OSError as fault:
        raise RecordError(f"{folder} cannot be written: {fault.strerror}.") from None


def _print(as_json: bool, value: dict[str, Any], lines: Iterable[str]) -> None:
    if as_json:
        from json import dumps

        sys.stdout.write(dumps(value, indent=2, allow_nan=False) + "\n")
    else:
        sys.stdout.write("\n".join(map(printable, lines)) + "\n")
