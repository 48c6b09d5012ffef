"""The application on CockroachDB, tested without a server: SQL, connection options and errors.

The engine itself is tested, in a child process with settings.cockroachdb.
"""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from runner.backends import backend
from tests.serving import PYTHON, ROOT

UNREACHABLE = "postgresql://root@127.0.0.1:1/bank?sslmode=disable"  # no server on port 1
SECURE = (
    "postgresql://bank:p%40ss@roach.example.org:26257/bank?sslmode=verify-full"
    "&sslrootcert=/certificates/ca.crt&sslcert=/certificates/client.bank.crt"
    "&sslkey=/certificates/client.bank.key&options=--cluster%3Dprancing-pony-2"
)


def run(*arguments: str, url: str = UNREACHABLE) -> str:
    """Run Python with these arguments and the settings for CockroachDB; return its output."""
    result = subprocess.run(
        [PYTHON, *arguments],
        cwd=ROOT,
        env=backend("cockroachdb").environment(url),
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def sql() -> str:
    """Return the SQL that the migrations would execute."""
    return run("-m", "tests.cockroachdb.statements")


def test_every_foreign_key_has_an_index(sql: str) -> None:
    keys = re.findall(r'ALTER TABLE "(\w+)" ADD CONSTRAINT .* FOREIGN KEY \("(\w+)"\)', sql)
    indexed = re.findall(r'CREATE INDEX .* ON "(\w+)" \("(\w+)"', sql)
    unique = re.findall(r'CREATE TABLE "(\w+)" .* UNIQUE \("(\w+)"', sql)

    assert set(keys) == {
        ("orders", "customer_id"),
        ("order_lines", "order_id"),
        ("order_lines", "product_id"),
    }
    assert set(keys) <= {*indexed, *unique}


def test_constraints_have_the_names_that_errors_contain(sql: str) -> None:
    assert set(re.findall(r'CONSTRAINT "(\w+)" (?:CHECK|UNIQUE)', sql)) == {
        "customer_name_not_empty",
        "product_name_not_empty",
        "product_price_not_negative",
        "product_stock_not_negative",
        "order_subtotal_not_negative",
        "order_line_once_per_product",
        "order_line_quantity_positive",
        "order_line_price_not_negative",
        "stored_answer_once_per_key",
    }


def test_keys_and_amounts_have_the_column_types_of_cockroachdb(sql: str) -> None:
    # On CockroachDB an `integer` has 64 bits: https://www.cockroachlabs.com/docs/stable/int
    assert sql.count('"id" integer NOT NULL PRIMARY KEY DEFAULT unique_rowid()') == sql.count(
        "CREATE TABLE"
    )
    assert re.findall(r'"(?:price|subtotal)" (\S+ \S+) NOT NULL', sql) == ["numeric(18, 2)"] * 3


def test_no_constraint_is_deferrable(sql: str) -> None:
    assert "DEFERRABLE" not in sql


def test_the_driver_gets_every_option_of_the_url() -> None:
    params = json.loads(
        run(
            "-c",
            "import django, json; django.setup(); from django.db import connection;"
            "print(json.dumps(connection.get_connection_params(), default=repr))",
            url=SECURE,
        )
    )

    assert (
        params.items()
        >= {
            "host": "roach.example.org",
            "port": 26257,
            "dbname": "bank",
            "user": "bank",
            "password": "p@ss",
            "sslmode": "verify-full",
            "sslrootcert": "/certificates/ca.crt",
            "sslcert": "/certificates/client.bank.crt",
            "sslkey": "/certificates/client.bank.key",
            "options": "--cluster=prancing-pony-2",
        }.items()
    )


def test_system_checks_pass_without_a_server() -> None:
    assert run("manage.py", "check") == "System check identified no issues (0 silenced).\n"


def test_an_unreachable_server_is_a_503_with_a_reason() -> None:
    script = (
        "import django; django.setup(); from django.test import Client;"
        "client = Client(headers={'host': 'localhost'});"
        "answers = [client.get(path) for path in ('/health/', '/customer/')];"
        "print(*(f'{answer.status_code} {answer.content.decode()}' for answer in answers), sep='|')"
    )

    health, customers = run("-c", script).split("|")

    assert health.startswith('503 {"backend":"cockroachdb","server":null,"ok":false,')
    assert customers.startswith('503 {"type":"about:blank"')
    assert '"detail":"The database does not answer; try again."' in customers
