# SPDX-License-Identifier: GPL-2.0-only
"""SecantusDB's own command, with three of its bugs fixed; it is run as a separate process only.

It imports `secantus`, which is under the GPL-2.0, and so is this file. Nothing imports it.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from secantus import aggregate, cli
from secantus.server import SecantusDBServer

project, add_fields = aggregate._project_one, aggregate._add_fields_one
stop = SecantusDBServer.stop


def flat(spec: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Turn {"a": {"b": 1}} into {"a.b": 1}; an expression ({"$add": …}) is a value and is kept."""
    for name, value in spec.items():
        inner = isinstance(value, Mapping) and value
        if inner and not any(key.startswith("$") for key in inner):
            yield from flat(inner, f"{prefix}{name}.")
        else:
            yield prefix + name, value


# {"$project": {"customer": {"name": 1}}} should include customer.name. It returns a literal 1.
aggregate._project_one = lambda document, spec, names: project(document, dict(flat(spec)), names)

# {"$addFields": {"customer": {"name": "Carl"}}}, like $set, should merge with the existing
# customer. It replaces the customer.
aggregate._add_fields_one = lambda document, spec, names: add_fields(
    document, dict(flat(spec)), names
)


def stop_at_once(server: Any) -> None:
    """Wake the thread that accepts connections, for which it would wait 2 s in vain."""
    if server._socket:
        server._socket.shutdown(socket.SHUT_RDWR)
    stop(server)


SecantusDBServer.stop = stop_at_once

if __name__ == "__main__":
    sys.exit(cli.main())
