"""Two sessions side by side: what the database lets them do."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.db import OperationalError

from bank.engine import Engine
from bank.models import Product
from bank.pages.anomalies import ANOMALIES
from bank.pages.sessions import BEGIN, COMMIT, Step
from tests.pages.conftest import Browser, text

PATH = "/shop/sessions/"


def play(browser: Browser, anomaly: str, level: str = "as-configured") -> str:
    response = browser.fill(PATH, anomaly=anomaly, level=level)
    assert response.status_code == 200, text(response)
    assert not Product.objects.exists()
    assert "no answer" not in text(response)
    return text(response)


def committed(page: str) -> int:
    [found] = re.findall("(Neither of two|One of two|Both) transactions committed", page)
    return ["Neither of two", "One of two", "Both"].index(found)


def test_no_update_is_lost(browser: Browser) -> None:
    page = play(browser, "lost-update")

    assert (committed(page), "The rule is kept." in page) == (1, True)


def test_no_update_is_lost_with_a_token(browser: Browser) -> None:
    page = play(browser, "token")

    assert (committed(page), "The rule is kept." in page) == (1, True)


def test_write_skew_is_refused(browser: Browser) -> None:
    page = play(browser, "write-skew")

    assert (committed(page), "The rule is kept." in page) == (1, True)


@pytest.mark.parametrize("anomaly", ["lost-update", "token", "write-skew"])
def test_read_committed_breaks_every_rule(browser: Browser, anomaly: str) -> None:
    if not Engine().has_read_committed:
        assert browser.fill(PATH, anomaly=anomaly, level="read-committed").status_code == 422
        return

    page = play(browser, anomaly, "read-committed")

    assert (committed(page), "The rule is broken" in page) == (2, True)


def test_the_isolation_level_of_the_shop_has_its_name(browser: Browser) -> None:
    assert f"{Engine().isolation()}, as this shop uses it" in browser.page(PATH)


def test_a_statement_after_the_end_of_its_transaction_is_neither_good_nor_refused(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(values: object) -> None:
        raise OperationalError("no")

    refused = [Step("A", BEGIN), Step("A", "reads", fails), Step("A", COMMIT)]
    script = [*refused, Step("B", BEGIN), Step("B", COMMIT)]
    anomaly = replace(ANOMALIES["lost-update"], script=lambda products: script)
    monkeypatch.setitem(ANOMALIES, "lost-update", anomaly)

    page = browser.fill(PATH, anomaly="lost-update", level="as-configured").content.decode()

    assert re.findall('<tr class="([^"]+)"', page) == ["ok", "refused", "skipped", "ok", "ok"]


@pytest.mark.parametrize("wrong", [{"anomaly": "x"}, {"level": "x"}, {"anomaly": ""}])
def test_an_unknown_script_is_refused(browser: Browser, wrong: dict[str, str]) -> None:
    typed = {"anomaly": "lost-update", "level": "as-configured", **wrong}

    assert browser.fill(PATH, **typed).status_code == 422
