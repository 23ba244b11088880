"""What the server writes to its log: where something went wrong, and nothing of a patient.

The message of an exception may quote what was being worked on, a plan with its patient for
instance, and so may the messages that other packages log. Of an exception the log names the
kind and the lines of code, of other packages' messages the line that logged them.
"""

import logging
import traceback

OWN = ("endplate", "uvicorn")  # loggers whose messages hold no data of a request


class PlaceFormatter(logging.Formatter):
    """Formats a record as its place in the code, without the data it was about.

    Examples
    --------
    >>> record = logging.makeLogRecord(
    ...     {"name": "other", "levelname": "WARNING", "msg": "age_y is 46", "filename": "a.py"}
    ... )
    >>> record.lineno = 7
    >>> PlaceFormatter().format(record)
    'WARNING other: a.py line 7'
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, or lines, of a record."""
        head = f"{record.levelname} {record.name}: "
        fault = record.exc_info[1] if record.exc_info else None
        if fault is None and isinstance(record.msg, BaseException):
            fault = record.msg
        if fault is not None:
            return head + _places(fault)
        if record.name.split(".", 1)[0] in OWN:
            return head + record.getMessage()
        return f"{head}{record.filename} line {record.lineno}"


def _places(fault: BaseException) -> str:
    """The kind of an exception, and of those it came from, with the lines they passed through."""
    kinds, seen = [], set()
    link: BaseException | None = fault
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        frames = traceback.extract_tb(link.__traceback__)
        lines = "".join(f"\n  {f.filename} line {f.lineno} in {f.name}" for f in frames)
        kinds.append(f"{type(link).__name__}{lines}")
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n from ".join(kinds)


def install_logs() -> None:
    """Let everything that this process logs leave by one handler, on stderr, as places alone."""
    handler = logging.StreamHandler()
    handler.setFormatter(PlaceFormatter())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.raiseExceptions = False  # a record that cannot be written is not printed with its data
    logging.captureWarnings(True)
