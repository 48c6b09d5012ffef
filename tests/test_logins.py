"""Logins are throttled: one password check at a time, and lockouts after failures."""

from __future__ import annotations

import time

import pytest
from django.test import Client
from pytest_django import Settings

from bank.administration import logins
from tests.admin_pages import PASSWORD


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logins, "PAUSE", 0)


def log_in(browser: Client, username: str, password: str, **more: str) -> int:
    form = {"username": username, "password": password}
    return browser.post("/admin/login/", form, **more).status_code


def test_a_wrong_password_delays_the_next_attempt(admin: Client) -> None:
    guess = log_in(Client(), "ada", "guess")
    response = Client().post("/admin/login/", {"username": "ada", "password": PASSWORD})

    assert (guess, response.status_code) == (200, 429)
    assert (
        "A wrong password was given from your address. Try again in 2 seconds."
        in response.content.decode()
    )


def test_the_pause_doubles_with_each_wrong_password(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, waited, pauses = time.time, 0, []
    monkeypatch.setattr(time, "time", lambda: clock() + waited)

    for _ in range(4):
        log_in(Client(), "ada", "guess")
        refused = Client().post("/admin/login/", {"username": "ada", "password": PASSWORD})
        pauses.append(int(refused["Retry-After"]))
        waited += pauses[-1]

    assert pauses == [2, 4, 8, 16]


@pytest.mark.usefixtures("no_pause")
def test_a_successful_login_resets_the_count_of_failures(admin: Client) -> None:
    passwords = [*["guess"] * (logins.FAILURES_OF_A_USER - 1), PASSWORD] * 2

    statuses = [log_in(Client(), "ada", password) for password in passwords]

    assert statuses == [200, 200, 200, 200, 302] * 2


@pytest.mark.usefixtures("no_pause")
def test_five_wrong_passwords_lock_the_address_out(admin: Client) -> None:
    guesser = Client()

    guesses = [log_in(guesser, "ada", f"guess {n}") for n in range(logins.FAILURES_OF_A_USER)]
    response = guesser.post("/admin/login/", {"username": "ada", "password": PASSWORD})

    assert guesses == [200] * 5
    assert (response.status_code, response["Retry-After"]) == (429, "300")
    assert b"Too many wrong passwords: try again in 5 minutes." in response.content
    assert guesser.get("/admin/").status_code == 302


@pytest.mark.usefixtures("no_pause")
def test_failures_from_other_addresses_lock_nobody_out(admin: Client, settings: Settings) -> None:
    for number in range(logins.FAILURES_OF_A_USER + 1):
        log_in(Client(), "ada", f"guess {number}", REMOTE_ADDR="192.0.2.1")

    assert log_in(Client(), "ada", PASSWORD, REMOTE_ADDR="192.0.2.2") == 302


@pytest.mark.usefixtures("no_pause")
def test_an_address_that_tries_many_users_is_locked_out(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logins, "FAILURES_OF_AN_ADDRESS", 3)

    statuses = [log_in(Client(), f"somebody {number}", "guess") for number in range(4)]

    assert statuses == [200, 200, 200, 429]


@pytest.mark.usefixtures("no_pause")
@pytest.mark.parametrize(("deployed", "status"), [(False, 429), (True, 302)])
def test_only_a_deployment_trusts_x_forwarded_for(
    admin: Client, settings: Settings, deployed: bool, status: int
) -> None:
    settings.DEPLOY = deployed
    for number in range(logins.FAILURES_OF_A_USER):
        log_in(Client(), "ada", f"guess {number}", HTTP_X_FORWARDED_FOR="192.0.2.9, 192.0.2.1")

    mine = {"HTTP_X_FORWARDED_FOR": "192.0.2.1, 192.0.2.2"}
    assert log_in(Client(), "ada", PASSWORD, **mine) == status


@pytest.mark.usefixtures("no_pause")
def test_only_the_last_address_in_x_forwarded_for_counts(admin: Client, settings: Settings) -> None:
    settings.DEPLOY = True

    statuses = [
        log_in(Client(), "ada", "guess", HTTP_X_FORWARDED_FOR=f"198.51.100.{number}, 192.0.2.1")
        for number in range(logins.FAILURES_OF_A_USER + 1)
    ]

    assert statuses == [200] * 5 + [429]


def test_one_password_is_checked_at_a_time(admin: Client) -> None:
    with logins.checking:
        response = Client().post("/admin/login/", {"username": "ada", "password": PASSWORD})

    assert (response.status_code, response["Retry-After"]) == (429, "1")
    assert log_in(Client(), "ada", PASSWORD) == 302
