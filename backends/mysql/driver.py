"""mysqlclient without Django: for the server that is started, and for its users."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit

SYSTEM_PACKAGES = "apt install gcc pkg-config python3-dev default-libmysqlclient-dev"
"""The command that installs all that mysqlclient is built with."""
APPLICATION = "bank_application"
ALLOWED = "SELECT, INSERT, UPDATE, DELETE, EXECUTE"


def connect(address: SplitResult) -> Any:
    """Return a connection of the driver to the host, or the Unix socket, of this URL."""
    import MySQLdb

    host = unquote(address.netloc.rpartition("@")[2])  # .hostname has no capitals
    tcp = {"host": address.hostname, "port": address.port or 3306}
    return MySQLdb.connect(
        **({"unix_socket": host} if host.startswith("/") else tcp),
        user=address.username,
        password=unquote(address.password or ""),
        database=address.path[1:],
        autocommit=True,
    )


def least_privilege(url: str, *endings: str, password: str | None = None) -> str:
    """Return the URL of a user that can read and change rows, and nothing else.

    Also the rows of the databases whose names are this one's with these endings. The owner, whose
    URL this is, creates the user again, with this password or a new one.
    """
    address = urlsplit(url)
    password = password or secrets.token_urlsafe(16)
    connection = connect(address)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP USER IF EXISTS {APPLICATION}")
        cursor.execute(f"CREATE USER {APPLICATION} IDENTIFIED BY %s", [password])
        for ending in ("", *endings):
            name = f"{address.path[1:]}{ending}"
            cursor.execute(f"GRANT {ALLOWED} ON `{name}`.* TO {APPLICATION}")
    connection.close()
    where = address.netloc.rpartition("@")[2]
    return address._replace(netloc=f"{APPLICATION}:{quote(password, safe='')}@{where}").geturl()
