"""The numbers of the errors that mysqlclient raises: MySQL's, MariaDB's and the client library's.

https://mariadb.com/docs/server/reference/error-codes/mariadb-error-code-reference
"""

from __future__ import annotations

# The values are names of bank's ErrorKind: see bank/engine.py.
NUMBERS = {
    1213: "CONFLICT",  # ER_LOCK_DEADLOCK; Dolt: "conflicts with a committed transaction"
    1205: "CONFLICT",  # ER_LOCK_WAIT_TIMEOUT; the lock may be free next time
    1020: "CONFLICT",  # ER_CHECKREAD; MariaDB with innodb_snapshot_isolation
    1206: "CONFLICT",  # ER_LOCK_TABLE_FULL
    1412: "CONFLICT",  # ER_TABLE_DEF_CHANGED: "please retry transaction"
    # The server's time limit, or an operator's KILL QUERY: neither is retried.
    1969: "TIMEOUT",  # ER_STATEMENT_TIMEOUT: MariaDB's max_statement_time
    1317: "TIMEOUT",  # ER_QUERY_INTERRUPTED
    1040: "LOST",  # ER_CON_COUNT_ERROR: it takes no more connections
    1053: "LOST",  # ER_SERVER_SHUTDOWN
    1927: "LOST",  # ER_CONNECTION_KILLED
    2002: "LOST",  # CR_CONNECTION_ERROR
    2003: "LOST",  # CR_CONN_HOST_ERROR
    2006: "LOST",  # CR_SERVER_GONE_ERROR
    2013: "LOST",  # CR_SERVER_LOST
    4031: "LOST",  # ER_CLIENT_INTERACTION_TIMEOUT
}


def error_kind(error: BaseException) -> str | None:
    """Return the name of the error's kind, or None: see bank/engine.py."""
    if type(error).__module__.partition(".")[0] != "MySQLdb":
        return None
    return NUMBERS.get(error.args[0] if error.args else 0)
