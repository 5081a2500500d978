"""One JSON object a line, without what people wrote and without secrets.

A record's words are a constant of the code and its facts are named extras, so only the template is
printed: arguments, exception texts and values that look like prose never leave the process.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import traceback
from typing import Any

from filo.core import home
from filo.core.clock import now

PLAIN = re.compile(r"[\w.:/%+-]{1,64}", re.ASCII)
SECRET = re.compile(r"token|secret|passw|authori|cookie|signature|(^|_)key$", re.IGNORECASE)
KNOWN = frozenset(logging.makeLogRecord({}).__dict__) | {
    "message",
    "asctime",
    "taskName",
    "request",
}
FRAMES = 6


def set_up(level: int = logging.INFO) -> None:
    """Ours from INFO, the libraries' from WARNING, all to standard error."""
    lines = logging.StreamHandler(sys.stderr)
    lines.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [lines]
    root.setLevel(logging.WARNING)
    logging.getLogger("filo").setLevel(level)
    # A page that is not there is no news; what breaks is logged as an error.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    # Any stranger may call us by any name: refused, and no reason to fill the disk.
    logging.getLogger("django.security.DisallowedHost").setLevel(logging.CRITICAL)
    logging.captureWarnings(True)


class Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": now().isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": os.environ.get("FILO_PROCESS", "filo"),
            "logger": record.name,
            "message": _message(record),
            **_facts(record),
            **_exception(record),
        }
        return json.dumps(line, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    """The constant; where Django puts a path in it, the address's shape without its ids."""
    request = getattr(record, "request", None)
    if request is None or not isinstance(record.args, tuple) or not record.args:
        return str(record.msg)
    match = getattr(request, "resolver_match", None)
    return f"{record.args[0]}: {match.route if match else 'no such address'}"


def _facts(record: logging.LogRecord) -> dict[str, Any]:
    named = {name: value for name, value in record.__dict__.items() if name not in KNOWN}
    return {name: _shown(name, value) for name, value in named.items()}


def _shown(name: str, value: object) -> object:
    if SECRET.search(name):
        return "[hidden]"
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return text if PLAIN.fullmatch(text) else "[hidden]"


def _exception(record: logging.LogRecord) -> dict[str, Any]:
    """Which and where, never its text: a database's error quotes the row that it refused."""
    if not record.exc_info or record.exc_info[1] is None:
        return {}
    problem = record.exc_info[1]
    frames = traceback.extract_tb(problem.__traceback__)[-FRAMES:]
    told: dict[str, Any] = {
        "exception": f"{type(problem).__module__}.{type(problem).__qualname__}",
        "trace": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if sqlstate := getattr(problem, "sqlstate", None):
        told["sqlstate"] = sqlstate
        told["constraint"] = getattr(getattr(problem, "diag", None), "constraint_name", None)
    if not home.production() and isinstance(problem, ImportError | SyntaxError | NameError):
        told["says"] = str(problem)
    return told


def _short(filename: str) -> str:
    return filename.rpartition("site-packages/")[2].rpartition("/filo/")[2] or filename
