"""What the application writes of itself: one JSON line an event, ids only, never a name."""

import logging
import secrets
import sys
from datetime import UTC, datetime
from typing import Final

import orjson

#: What `extra=` may carry: identities and counts.
ALLOWED: Final = frozenset(
    {"reference", "firm_id", "user_id", "job_id", "delivery_id", "kind", "rows", "milliseconds"}
)


class JsonLines(logging.Formatter):
    """Write a record as one line of JSON; the text of an exception is left out.

    The message of an exception may quote a value typed by somebody. Its class
    and the places it went through are enough to find the defect.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key in ALLOWED}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = _places(record)
        return orjson.dumps(line, default=str).decode()


def _places(record: logging.LogRecord) -> list[str]:
    """Return where an exception went through: file, line, function; no value."""
    places = []
    trace = record.exc_info[2] if record.exc_info else None
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_qualname}")
        trace = trace.tb_next
    return places


def configure(level: int = logging.INFO) -> None:
    """Send what `o2s_core` logs to standard error as JSON lines; twice does nothing more."""
    log = logging.getLogger("o2s_core")
    if any(isinstance(handler.formatter, JsonLines) for handler in log.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    log.addHandler(handler)
    log.setLevel(level)
    log.propagate = False


def reference() -> str:
    """Return a short reference that links what the screen says to a line of the log."""
    return secrets.token_hex(4).upper()
