"""How the settings read environment variables, and which values they refuse."""

from __future__ import annotations

import re
import runpy
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from runner.backends import backend
from settings import database_url, environment
from tests.serving import ROOT

LONG = "0123456789abcdef"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", {}),
        ("ann:one", {"one": "ann"}),
        (" ann : one , bob:two,", {"one": "ann", "two": "bob"}),
        ("ann:old,ann:new", {"old": "ann", "new": "ann"}),
        ("ann:one,ann:one", {"one": "ann"}),
        ("one", {"one": sha256(b"one").hexdigest()[:16]}),
    ],
)
def test_api_tokens_name_the_client_of_each_token(
    monkeypatch: pytest.MonkeyPatch, value: str, expected: dict[str, str]
) -> None:
    monkeypatch.setenv("API_TOKENS", value)

    assert environment.api_tokens() == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (",", "API_TOKENS is set, but has no token"),
        (" ", "API_TOKENS is set, but has no token"),
        (f"ann:{LONG},:two-{LONG}", "API_TOKENS, entry 2: write `name:token`"),
        ("ann:", "API_TOKENS, entry 1: write `name:token`"),
        (f"ann:x:{LONG}", "API_TOKENS, entry 1: write `name:token`"),
        (f"ann:two words {LONG}", "API_TOKENS, entry 1: a token has at least 16 visible ASCII"),
        (f"ann:sécret{LONG}", "API_TOKENS, entry 1: a token has at least 16 visible ASCII"),
        (f"ann:{LONG[1:]}", "API_TOKENS, entry 1: a token has at least 16 visible ASCII"),
        (LONG[1:], "API_TOKENS, entry 1: a token has at least 16 visible ASCII"),
        (f"ann:{LONG},bob:{LONG}", "API_TOKENS: 'ann' and 'bob' have the same token"),
    ],
)
def test_invalid_api_tokens_are_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, value: str, message: str
) -> None:
    monkeypatch.setenv("API_TOKENS", value)

    with pytest.raises(ImproperlyConfigured) as refused:
        environment.api_tokens(shortest=16)

    assert str(refused.value).startswith(message)
    assert LONG[1:] not in str(refused.value)


def base(monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, Any]:
    """Run settings/base.py again, with only these of the variables that it reads."""
    for name in ("DEPLOY", "SECRET_KEY", "ALLOWED_HOSTS", "API_TOKENS", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(ROOT / "settings" / "base.py"))


DEPLOYED = {
    "DEPLOY": "1",
    "SECRET_KEY": "s" * 45 + "01234",
    "ALLOWED_HOSTS": "bank.example.org",
    "API_TOKENS": f"ann:{LONG}",
}


def test_a_variable_can_name_a_file_and_comes_first_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tokens").write_text("ann:from-file\n")
    monkeypatch.setenv("API_TOKENS_FILE", str(tmp_path / "tokens"))
    monkeypatch.setenv("API_TOKENS", "")
    from_file = environment.api_tokens()
    monkeypatch.setenv("API_TOKENS", "ann:itself")

    assert from_file == {"from-file": "ann"}
    assert environment.api_tokens() == {"itself": "ann"}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "API_TOKENS_FILE cannot be read: "),
        (b" \n", "API_TOKENS_FILE: .* is empty"),
        (b"\xff", "API_TOKENS_FILE cannot be read: "),
        (b",", "API_TOKENS is set, but has no token"),
    ],
)
def test_a_file_without_a_value_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / "tokens").write_bytes(content)
    monkeypatch.setenv("API_TOKENS_FILE", str(tmp_path / "tokens"))
    monkeypatch.setenv("API_TOKENS", "")

    with pytest.raises(ImproperlyConfigured, match=message):
        environment.api_tokens()


def test_the_secret_key_and_the_databases_url_can_be_in_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in (("SECRET_KEY", LONG), ("POSTGRESQL_URL", "postgresql://db/bank")):
        (tmp_path / name).write_text(f"{value}\n")
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / name))
        monkeypatch.setenv(name, "")
    child = backend("postgresql").environment("postgresql://another/bank")

    assert environment.secret_key(deployed=False) == LONG
    assert database_url.url("POSTGRESQL_URL", "postgresql") == "postgresql://db/bank"
    assert backend("postgresql").given_url == "postgresql://db/bank"
    assert child["POSTGRESQL_URL"] == "postgresql://another/bank"
    assert "POSTGRESQL_URL_FILE" not in child


@pytest.mark.parametrize("value", ["1", "true", "Yes", "ON"])
def test_a_deployed_application_trusts_its_proxy_and_allows_only_its_hosts(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    settings = base(monkeypatch, **DEPLOYED | {"DEPLOY": value})

    assert settings["DEBUG"] is False
    assert settings["ALLOWED_HOSTS"] == ["bank.example.org"]
    assert settings["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")
    assert settings["SESSION_COOKIE_SECURE"] is settings["CSRF_COOKIE_SECURE"] is True


@pytest.mark.parametrize("value", ["", "0", "False", "no", "off"])
def test_without_deploy_only_local_hosts_are_allowed_and_no_proxy_is_trusted(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    settings = base(monkeypatch, DEPLOY=value)

    assert settings["DEBUG"] is False
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]", "0.0.0.0"]
    assert settings["SECURE_PROXY_SSL_HEADER"] is None
    assert settings["API_TOKENS"] == {}
    assert settings["LOGGING"]["loggers"]["bank"]["level"] == "WARNING"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("DEPLOY", "ja", "DEPLOY is 'ja', which is neither 1 nor 0"),
        ("SECRET_KEY", "s", "SECRET_KEY is weak: give at least 50 random characters"),
        ("SECRET_KEY", LONG * 3 + "x", "SECRET_KEY is weak"),
        ("SECRET_KEY", "s" * 60 + "012", "SECRET_KEY is weak"),
        ("SECRET_KEY", f"django-insecure-{LONG * 4}", "SECRET_KEY is weak"),
        ("ALLOWED_HOSTS", " , ", "A deployed application needs ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS: '*' is not a host's name"),
        ("ALLOWED_HOSTS", ".", "ALLOWED_HOSTS: '.' is not a host's name"),
        ("ALLOWED_HOSTS", "a.org,..b.org", "ALLOWED_HOSTS: '..b.org' is not a host's name"),
        ("ALLOWED_HOSTS", "a.org,*.b.org", "ALLOWED_HOSTS: '*.b.org' is not a host's name"),
        ("ALLOWED_HOSTS", "https://a.org", "ALLOWED_HOSTS: 'https://a.org' is not a host's name"),
        ("ALLOWED_HOSTS", "a.org:443", "ALLOWED_HOSTS: 'a.org:443' is not a host's name"),
        ("API_TOKENS", ",", "A deployed application needs API_TOKENS"),
        ("API_TOKENS", "", "A deployed application needs API_TOKENS"),
        ("API_TOKENS", LONG[1:], "API_TOKENS, entry 1: a token has at least 16"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL is 'LOUD'; it can be DEBUG, INFO, WARNING, ERROR, CRIT"),
    ],
)
def test_a_deployed_application_refuses_invalid_settings(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"^{re.escape(message)}"):
        base(monkeypatch, **DEPLOYED | {name: value})


SQL = ("postgresql", "postgres")
MONGODB = ("mongodb", "mongodb+srv")


@pytest.mark.parametrize(
    ("schemes", "value"),
    [
        (SQL, "postgresql:///bank"),
        (SQL, "postgres://me:a%23b@host:5432/bank?sslmode=require"),
        (SQL, "postgresql://postgres@%2Ftmp%2Fsocket/bank"),
        (SQL, "postgresql://me@[::1]:5432/bank"),
        (SQL, f"postgresql://me@%2Ftmp%2F{'long' * 20}/bank"),
        (SQL, "postgresql://me@bücher.example/bank"),
        (("doltlite",), "doltlite:////srv/bank.db"),
        (MONGODB, "mongodb://a:27017,b:27018/bank?replicaSet=r"),
        (MONGODB, "mongodb+srv://me@host/bank"),
    ],
)
def test_a_valid_database_url_is_returned_unchanged(
    monkeypatch: pytest.MonkeyPatch, schemes: tuple[str, ...], value: str
) -> None:
    monkeypatch.setenv("X_URL", value)

    assert database_url.url("X_URL", *schemes) == value


@pytest.mark.parametrize(
    ("schemes", "value", "message"),
    [
        (SQL, "", "X_URL is not set"),
        (SQL, "pw", "X_URL: it does not begin with postgresql:// or postgres://. It is like post"),
        (SQL, "mysql://me:pw@host/bank", "X_URL: it does not begin with postgresql://"),
        (SQL, "postgresql:/pw/bank", "X_URL: it does not begin with postgresql://"),
        (SQL, "postgresql://me:pw@host", "X_URL: it names no database"),
        (SQL, "postgresql://me:pw@host/", "X_URL: it names no database"),
        (SQL, "postgresql://me:p#pw@host/bank", "X_URL: its host or its port (1 to 65535)"),
        (SQL, "postgresql://me:pw@host:99999/bank", "X_URL: its host or its port (1 to 65535)"),
        (SQL, "postgresql://me:pw@host:x/bank", "X_URL: its host or its port (1 to 65535)"),
        (SQL, "postgresql://me:pw@[host/bank", "X_URL: its host or its port (1 to 65535)"),
        (SQL, "postgresql://me:pw@host:0/bank", "X_URL: a port is 1 to 65535"),
        (SQL, "postgresql://a:1,b:2/bank", "X_URL: its host or its port (1 to 65535)"),
        (SQL, "postgresql://me:pw@h\udcffst/bank", "X_URL: its host or its port (1 to 65535)"),
        (SQL, "postgresql://me:pw@h%ffst/bank", "X_URL: its host or its port (1 to 65535)"),
        (SQL, "postgresql://me:pw@a..b/bank", "X_URL: its host or its port (1 to 65535)"),
        (("doltlite",), "sqlite:///pw", "X_URL: it does not begin with doltlite://"),
        (MONGODB, "mongodb://me:pw@a,b:x/bank", "X_URL: its host or its port (1 to 65535)"),
        (MONGODB, "mongodb://me:pw@host", "X_URL: it names no database"),
    ],
)
def test_an_invalid_database_url_is_refused_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, schemes: tuple[str, ...], value: str, message: str
) -> None:
    monkeypatch.setenv("X_URL", value)

    with pytest.raises(ImproperlyConfigured) as refused:
        database_url.url("X_URL", *schemes)

    assert str(refused.value).startswith(message)
    assert "pw" not in str(refused.value)


def test_connections_are_persistent_and_the_url_overrides_options(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("X_URL", "postgresql:///bank?sslmode=require")

    found = database_url.database(
        "X_URL", *SQL, engine="backends.postgresql", sslmode="disable", prepare_threshold=3
    )

    assert (found["CONN_MAX_AGE"], found["CONN_HEALTH_CHECKS"]) == (None, True)
    assert found["OPTIONS"] == {"sslmode": "require", "prepare_threshold": 3}
