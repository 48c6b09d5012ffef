"""What the errors of pymongo say: labels of the server, its codes, classes of the driver."""

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
LOST = {  # pymongo's ConnectionFailure, and what is derived from it
    *("ConnectionFailure", "AutoReconnect", "NetworkTimeout", "NotPrimaryError"),
    *("ServerSelectionTimeoutError", "WaitQueueTimeoutError"),
}
DUPLICATE = re.compile(r"E11000 duplicate key error .*index: (\w+) dup key")


def error_kind(error: BaseException) -> str | None:
    """As bank/engine.py wants it."""
    if type(error).__module__.partition(".")[0] != "pymongo":
        return None
    has_label = getattr(error, "has_error_label", lambda label: False)
    for label, kind in LABELS.items():
        if has_label(label):
            return kind
    lost = "LOST" if type(error).__name__ in LOST else None
    return CODES.get(getattr(error, "code", None) or 0, lost)


def broken_constraint(error: BaseException) -> str:
    """The name of a unique index, which is in the message."""
    found = DUPLICATE.search(str(error.args[-1])) if error.args else None
    return found[1] if found else ""
