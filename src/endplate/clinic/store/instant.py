"""Instants as the records hold them, and units as whole thousandths."""

from datetime import UTC, datetime, timedelta

from endplate.errors import RecordError

MILLI = 1000
_MOST_UNITS = 50_000.0


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """A moment as the records hold it.

    Examples
    --------
    >>> stamp(datetime(2026, 11, 22, 10, tzinfo=UTC))
    '2026-11-22T10:00:00.000Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def moment_of(text: str) -> datetime:
    """The moment that a stamp stands for."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def hours_later(moment: datetime, hours: float) -> datetime:
    """The moment so many hours later."""
    return moment + timedelta(hours=hours)


def milliunits(name: str, dose_u: float, least: int = 1) -> int:
    """Whole thousandths of a dose.

    Parameters
    ----------
    name : str
        What the number is, for the sentence.
    dose_u : [U]
        Units.
    least : int
        Fewest thousandths allowed.

    Raises
    ------
    RecordError
        It is no number of thousandths within bounds.

    Examples
    --------
    >>> milliunits("dose_u", 2.5)
    2500
    """
    thousandths = round(dose_u * MILLI) if abs(dose_u) <= _MOST_UNITS else -1
    if thousandths < least or abs(thousandths - dose_u * MILLI) > 1e-6:
        raise RecordError(
            f"{name} is {dose_u:g} U; allowed are {least / MILLI:g} to {_MOST_UNITS:g} U in steps "
            "of 0.001."
        )
    return thousandths


def units(thousandths: int) -> float:
    """Units of whole thousandths [U]; PostgreSQL gives sums as decimals."""
    return int(thousandths) / MILLI
