"""The application reads and changes rows, and can do nothing else, whatever SQL it executes."""

from __future__ import annotations

import hashlib
import hmac
import subprocess
from base64 import b64decode, b64encode
from contextlib import nullcontext
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import DatabaseError, ProgrammingError, connection

from backends.postgresql.roles import restricted
from bank.models import Customer
from tests.owner import owner_url
from tests.postgresql_sql.conftest import URL, Sql, program, psql, url_of
from tests.serving import Server

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = psycopg.errors.InsufficientPrivilege

FORBIDDEN = [
    "ALTER TABLE customers ADD COLUMN x integer",
    "ALTER TABLE customers DISABLE TRIGGER ALL",
    "ALTER TABLE customers DISABLE TRIGGER customers_audit",
    "DROP TRIGGER customers_audit ON customers",
    "DROP TABLE customers CASCADE",
    "TRUNCATE customers CASCADE",
    "CREATE TABLE bank.mine (id integer)",
    "CREATE TABLE public.mine (id integer)",
    "CREATE SCHEMA mine",
    "CREATE INDEX mine ON customers (name)",
    "CREATE TRIGGER mine AFTER INSERT ON customers EXECUTE FUNCTION audit.record()",
    "CREATE OR REPLACE FUNCTION reports.spent(bigint) RETURNS numeric LANGUAGE sql RETURN 0",
    "ALTER DATABASE {database} SET bank.person = 'x'",
    "DROP DATABASE {database}",
    "CREATE ROLE mine SUPERUSER",
    "ALTER ROLE bank_application SUPERUSER",
    "GRANT bank_owner TO bank_application",
    "SET session_replication_role = replica",  # would let no trigger fire
    "SET ROLE bank_owner",
    "SET ROLE bank_audit",
    "SET SESSION AUTHORIZATION postgres",
    "SELECT * FROM audit.changes",
    "INSERT INTO audit.changes (role, program, table_name, operation) "
    "VALUES ('x', 'x', 'x', 'INSERT')",
    "UPDATE audit.changes SET person = 'somebody else'",
    "DELETE FROM audit.changes",
    "DELETE FROM audit.changes_default",
    "TRUNCATE audit.changes",
    "SELECT audit.record()",
    "CALL audit.make_partitions()",
    "COPY customers TO PROGRAM 'cat'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT lo_import('/etc/passwd')",
    "CREATE TEMP TABLE changes (id bigint)",
    "REFRESH MATERIALIZED VIEW reports.best_sellers",
]


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_a_statement_that_is_not_the_applications_is_refused(owner: Sql, sql: str) -> None:
    Customer.objects.create(name="Ann")
    before = owner("SELECT count(*), max(id) FROM audit.changes")

    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(sql.format(database=connection.settings_dict["NAME"]))

    assert owner("SELECT count(*), max(id) FROM audit.changes") == before
    assert owner("SELECT name::text FROM bank.customers") == [("Ann",)]


def test_sql_injected_into_a_raw_query_leaves_the_audit_as_it_is(owner: Sql) -> None:
    ann = Customer.objects.create(name="Ann")
    injected = (
        f"1; RESET ROLE; CREATE TEMP TABLE changes (LIKE audit.changes); "
        f"DELETE FROM audit.changes WHERE row_id = {ann.pk}; --"
    )

    with (
        pytest.raises(ProgrammingError),
        psycopg.connect(url_of(str(connection.settings_dict["NAME"]), "bank_application")) as raw,
    ):
        try:
            raw.execute(f"SELECT * FROM customers WHERE id = {injected}")
        except psycopg.errors.InsufficientPrivilege as error:
            raise ProgrammingError from error

    found = owner("SELECT operation FROM audit.changes WHERE row_id = %s", ann.pk)
    assert found == [("INSERT",)]


def test_a_temporary_table_or_function_does_not_take_the_place_of_the_audit(owner: Sql) -> None:
    owner("CREATE TEMP TABLE changes (LIKE audit.changes)")
    owner(
        "CREATE FUNCTION pg_temp.to_jsonb(anyelement) RETURNS jsonb LANGUAGE sql "
        "AS 'SELECT null::jsonb'"
    )
    owner("SET search_path = pg_temp, audit, bank")

    [(pk,)] = owner("INSERT INTO bank.customers (name) VALUES ('Ann') RETURNING id")

    assert owner("SELECT count(*) FROM pg_temp.changes") == [(0,)]
    [(new,)] = owner("SELECT new FROM audit.changes WHERE row_id = %s AND operation = 'INSERT'", pk)
    assert new == {"id": pk, "name": "Ann"}


@pytest.mark.parametrize(
    ("role", "reads", "cannot_read"),
    [
        ("bank_view", ["bank.customers", "reports.sales"], ["django.auth_user", "audit.changes"]),
        ("bank_backup", ["bank.customers", "django.auth_user", "audit.changes"], []),
        ("bank_owner", ["bank.customers", "django.auth_user"], ["audit.changes"]),
    ],
)
def test_each_role_reads_what_is_its_business_and_only_the_owner_writes(
    role: str, reads: list[str], cannot_read: list[str]
) -> None:
    url = url_of(str(connection.settings_dict["NAME"]), role)
    with psycopg.connect(url, autocommit=True) as session:
        for table in reads:
            session.execute(f"SELECT * FROM {table} LIMIT 1")
        for table in cannot_read:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(f"SELECT * FROM {table} LIMIT 1")
        if role != "bank_owner":
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute("DELETE FROM bank.customers")


def test_a_dump_is_made_with_the_role_for_backups(owner: Sql) -> None:
    Customer.objects.create(name="Only Here")
    with connection.cursor() as cursor:
        cursor.execute("SELECT lo_from_bytea(0, 'which only its creator can read')")
    url = url_of(str(connection.settings_dict["NAME"]), "bank_backup")

    dump = [program("pg_dump"), "--no-large-objects", url]
    dumped = subprocess.run(dump, capture_output=True, text=True)
    owner("SELECT lo_unlink(oid) FROM pg_largeobject_metadata")

    assert (dumped.returncode, dumped.stderr) == (0, "")
    assert dumped.stdout.count("Only Here") == 2  # the customer, and in the audit


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER ROLE bank_application SUPERUSER",
        "ALTER ROLE bank_view CREATEROLE",
        "ALTER ROLE bank_audit LOGIN",
        "GRANT pg_read_server_files TO bank_application",
    ],
)
def test_a_role_that_exists_with_more_rights_is_refused(empty: str, sql: str) -> None:
    undo = {"SUPERUSER": "NOSUPERUSER", "CREATEROLE": "NOCREATEROLE", "LOGIN": "NOLOGIN"}
    words = sql.split()
    psql(empty, "-c", sql)
    try:
        refused = psql(empty, "-f", "schema/database.sql")
    finally:
        if words[0] == "GRANT":
            psql(empty, "-c", f"REVOKE {words[1]} FROM {words[3]}")
        else:
            psql(empty, "-c", " ".join([*words[:3], undo[words[3]]]))

    assert refused.returncode == 3
    assert "with more rights than this schema gives them" in refused.stderr
    assert psql(empty, "-c", "SELECT to_regnamespace('bank') IS NULL").stdout == "t\n"


def test_the_databases_owner_who_may_create_roles_can_make_it(empty: str) -> None:
    psql(empty, "-c", "DROP ROLE IF EXISTS creator", "-c", "CREATE ROLE creator LOGIN CREATEROLE")
    name = empty.rpartition("/")[2]
    for role in ("bank_owner", "bank_audit"):
        psql(empty, "-c", f"GRANT {role} TO creator WITH ADMIN OPTION")
    psql(empty, "-c", f"ALTER DATABASE {name} OWNER TO creator")

    made = psql(url_of(name, "creator"), "-f", "schema/database.sql")

    assert (made.returncode, made.stderr) == (0, "")
    found = psql(empty, "-c", "SELECT count(*) FROM bank.customers").stdout
    psql(empty, "-c", f"ALTER DATABASE {name} OWNER TO postgres")
    psql(empty, "-c", "DROP OWNED BY creator", "-c", "DROP ROLE creator")
    assert found == "0\n"


def test_what_was_set_for_future_sessions_is_undone_by_the_next_start(server: Server) -> None:
    server.start("--no-demo")
    with psycopg.connect(server.database_url(), autocommit=True) as injected:
        injected.execute("ALTER ROLE bank_application SET default_transaction_read_only = on")
        injected.execute("ALTER ROLE bank_application PASSWORD 'mine'")
    server.stop()

    server.start("--no-demo")

    assert server.ask("POST", "/customer/", {"name": "Ann"}).status == 200


def test_the_application_is_served_as_this_role(server: Server) -> None:
    server.start("--no-demo")

    server.call("POST", "/customer/", {"name": "Ann"})

    url = urlsplit(server.database_url())
    assert url.username == "bank_application"
    with psycopg.connect(owner_url(server.database_url())) as session:
        roles = session.execute(
            "SELECT DISTINCT usename FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchall()
        written = session.execute("SELECT role FROM audit.changes").fetchall()
        [more] = session.execute(
            "SELECT count(*) FROM pg_default_acl WHERE defaclnamespace = 'public'::regnamespace"
        )
    assert more == (0,)  # all privileges are those of schema/privileges.sql
    assert (roles, written) == ([("bank_application",)], [("bank_application",)])


def test_a_function_of_another_schema_does_not_take_the_place_of_one_in_the_audits(
    today: str,
) -> None:
    with psycopg.connect(today) as session:
        session.execute("SET ROLE bank_owner")
        session.execute(
            "CREATE FUNCTION bank.to_jsonb(bank.customers) RETURNS jsonb RETURN '0'::jsonb; "
            "CREATE FUNCTION bank.to_char(date, text) RETURNS text RETURN 'mine'; "
            "GRANT USAGE ON SCHEMA bank TO bank_audit; "
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bank TO bank_audit"
        )
        session.execute("INSERT INTO bank.customers (id, name) VALUES (7, 'Ann')")
        session.execute("CALL audit.make_partitions(ahead => 3)")
        session.execute("RESET ROLE")

        new = session.execute("SELECT new FROM audit.changes WHERE table_name = 'customers'")
        mine = session.execute("SELECT to_regclass('audit.changes_mine')")
        assert (new.fetchall(), mine.fetchall()) == ([({"id": 7, "name": "Ann"},)], [(None,)])


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("bank_application", ["spent", "refresh"]), ("bank_view", ["spent"]), ("bank_backup", [])],
)
def test_only_those_who_ask_about_the_shop_execute_its_functions(
    role: str, allowed: list[str]
) -> None:
    url = url_of(str(connection.settings_dict["NAME"]), role)
    calls = {"spent": "SELECT reports.spent(1)", "refresh": "SELECT reports.refresh()"}
    with psycopg.connect(url, autocommit=True) as session:
        for name, call in calls.items():
            refused = pytest.raises(REFUSED, match="for function")
            with nullcontext() if name in allowed else refused:
                session.execute(call)
        with pytest.raises(REFUSED, match="for (procedure|schema)"):
            session.execute("CALL audit.make_partitions()")


def test_the_application_gets_a_new_password_with_each_start(owner: Sql) -> None:
    first, second = (urlsplit(restricted(URL)).password or "" for _ in range(2))

    [(stored,)] = owner("SELECT rolpassword FROM pg_authid WHERE rolname = 'bank_application'")

    restricted(URL, connection.settings_dict["TEST"]["PASSWORD"])  # that of the other tests
    assert (fits(first, str(stored)), fits(second, str(stored))) == (False, True)


def fits(password: str, stored: str) -> bool:
    """Whether it is the password of this verifier: SCRAM-SHA-256$ITERATIONS:SALT$KEY:…"""
    _, salted, keys = stored.split("$")
    iterations, _, salt = salted.partition(":")
    secret = hashlib.pbkdf2_hmac("sha256", password.encode(), b64decode(salt), int(iterations))
    key = hashlib.sha256(hmac.digest(secret, b"Client Key", "sha256")).digest()
    return keys.partition(":")[0] == b64encode(key).decode()
