"""The errors of pymongo: the server's labels, its codes, and the driver's classes."""

from __future__ import annotations

import re

# The values are names of bank's ErrorKind: see bank/engine.py.
LABELS = {
    "UnknownTransactionCommitResult": "UNKNOWN",
    "TransientTransactionError": "CONFLICT",
}
CODES = {
    112: "CONFLICT",  # WriteConflict
    50: "TIMEOUT",  # MaxTimeMSExpired
}
LOST = {  # pymongo's ConnectionFailure and its subclasses
    *("ConnectionFailure", "AutoReconnect", "NetworkTimeout", "NotPrimaryError"),
    *("ServerSelectionTimeoutError", "WaitQueueTimeoutError"),
}
DUPLICATE = re.compile(r"E11000 duplicate key error .*index: (\w+) dup key")


def error_kind(error: BaseException) -> str | None:
    """Return the name of the error's kind, or None: see bank/engine.py."""
    if type(error).__module__.partition(".")[0] != "pymongo":
        return None
    has_label = getattr(error, "has_error_label", lambda label: False)
    for label, kind in LABELS.items():
        if has_label(label):
            return kind
    lost = "LOST" if type(error).__name__ in LOST else None
    return CODES.get(getattr(error, "code", None) or 0, lost)


def broken_constraint(error: BaseException) -> str:
    """Return the name of a unique index, from the message, or ""."""
    found = DUPLICATE.search(str(error.args[-1])) if error.args else None
    return found[1] if found else ""
