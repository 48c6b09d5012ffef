"""Who may open the pages and what they may do there, and what a page loads."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.contrib.auth.models import Permission, User
from django.db import OperationalError
from django.test import Client
from pytest_django import Settings

from bank.engine import Engine
from bank.models import Customer
from tests.admin_pages import PASSWORD, log_in
from tests.pages.conftest import Browser, text
from tests.serving import ROOT

PAGES = ["/", "/shop/customer/", "/shop/product/new/", "/shop/storm/", "/shop/sessions/"]


@pytest.fixture
def closed(settings: Settings) -> None:
    settings.API_TOKENS = {"a-token": "ann"}


@pytest.mark.parametrize("path", PAGES)
def test_with_tokens_a_page_needs_a_login(closed: None, browser: Browser, path: str) -> None:
    response = browser.get(path)

    assert (response.status_code, response["Location"]) == (302, f"/admin/login/?next={path}")
    assert browser.post(path, {"name": "Ann"}).status_code in (302, 405)
    assert not Customer.objects.exists()


def test_staff_may_do_what_the_admin_lets_them_do(closed: None, browser: Browser) -> None:
    bob = User.objects.create_user("bob", password=PASSWORD, is_staff=True)
    names = ("add_customer", "view_customer", "view_product")
    bob.user_permissions.add(*Permission.objects.filter(codename__in=names))
    browser.force_login(bob)

    added = browser.fill("/shop/customer/new/", name="Ann")
    changed = browser.fill(added["Location"], name="Anna")
    deleted = browser.fill(added["Location"], action="delete")
    other = browser.fill("/shop/product/new/", name="Pen", price="1")

    assert [r.status_code for r in (added, changed, deleted, other)] == [302, 403, 403, 403]
    assert [*Customer.objects.values_list("name", flat=True)] == ["Ann"]


def test_staff_see_what_the_admin_lets_them_see(closed: None, browser: Browser) -> None:
    Customer.objects.create(name="Ann")
    browser.force_login(User.objects.create_user("eve", password=PASSWORD, is_staff=True))
    paths = ("customer/", "customer/?q=a", "customer/1/", "customer/new/", "order/new/")

    pages = [browser.page(f"/shop/{path}", status=403) for path in paths]

    assert not [page for page in pages if "Ann" in page]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html;q=0, */*", "json"),
        ("application/json, text/html;q=0.1", "json"),
        ("xtext/htmlx", "json"),
        ("Text/HTML", "html"),
    ],
)
def test_the_preferred_type_of_an_error_is_sent(browser: Browser, accept: str, kind: str) -> None:
    assert kind in browser.get("/customer/0/", HTTP_ACCEPT=accept)["Content-Type"]


def test_a_login_that_is_not_of_staff_opens_no_page(closed: None, browser: Browser) -> None:
    browser.force_login(User.objects.create_user("carl", password=PASSWORD))

    assert [browser.get(path).status_code for path in PAGES] == [302] * len(PAGES)


def test_who_may_change_may_see(closed: None, browser: Browser) -> None:
    Customer.objects.create(name="Ann")
    bob = User.objects.create_user("bob", password=PASSWORD, is_staff=True)
    bob.user_permissions.add(Permission.objects.get(codename="change_customer"))
    browser.force_login(bob)

    assert "Ann" in browser.page("/shop/customer/")
    assert browser.get("/shop/order/new/").status_code == 403  # it would show products, too


def test_an_answer_is_stored_for_the_user_of_the_page(closed: None, browser: Browser) -> None:
    for name in ("ann", "bob"):
        browser.force_login(User.objects.create_superuser(name, password=PASSWORD))
        added = browser.fill("/shop/customer/new/", name=name, idempotency_key="same")
        assert added.status_code == 302, text(added)

    assert {*Customer.objects.values_list("name", flat=True)} == {"ann", "bob"}


def test_no_page_is_kept_by_a_cache_and_errors_load_no_foreign_files_either(
    browser: Browser,
) -> None:
    for path in [*PAGES, "/shop/nothing/", "/customer/0/"]:
        response = browser.get(path, HTTP_ACCEPT="text/html")
        assert "default-src 'self'" in response["Content-Security-Policy"]
        if path in PAGES:
            assert "no-store" in response["Cache-Control"]


def test_a_database_that_is_away_is_a_503_with_when_to_come_again(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind, away = "LOST", OperationalError("the connection is gone")
    monkeypatch.setattr(Engine, "error_kind", lambda engine, error: kind)
    monkeypatch.setattr("bank.pages.shop.call", Mock(side_effect=away))

    page = browser.get("/shop/customer/", HTTP_ACCEPT="text/html")

    assert (page.status_code, page["Retry-After"]) == (503, "1")
    assert "The database does not answer" in text(page)


def test_with_tokens_even_a_superuser_starts_no_storm(closed: None, transactional_db: None) -> None:
    admin = log_in()

    for path in ("/shop/storm/", "/shop/sessions/", "/shop/storm/stock/"):
        assert admin.get(path).status_code == 403


def test_no_header_of_a_client_names_a_user(closed: None, browser: Browser) -> None:
    for name in ("bank.page_user", "BANK_PAGE_USER", "HTTP_BANK.PAGE_USER"):
        assert browser.get("/customer/", headers={name: "ada"}).status_code == 401


def test_a_form_without_its_csrf_token_is_refused(transactional_db: None) -> None:
    browser = Client(enforce_csrf_checks=True)

    page = browser.post("/shop/customer/new/", {"name": "Ann"}, HTTP_ACCEPT="text/html")

    assert (page.status_code, Customer.objects.count()) == (403, 0)
    assert "Nothing was saved: this form was opened in another session" in text(page)
    assert "Customers" in text(page) and "CSRF" not in text(page)
    assert "default-src 'self'" in page["Content-Security-Policy"]


def test_the_refusal_of_a_form_is_put_above_what_was_typed(transactional_db: None) -> None:
    strict = Client(enforce_csrf_checks=True)

    alone = strict.post("/shop/customer/new/", {"name": "Ann"})
    above = strict.post("/shop/customer/new/", {"name": "Ann"}, headers={"HX-Request": "true"})

    assert [page.status_code for page in (alone, above)] == [403, 403]
    assert not [name for name in alone.headers if name.startswith("HX-")]
    assert (above["HX-Retarget"], above["HX-Reselect"]) == ("#main", ".problem")
    assert above["HX-Reswap"].startswith("afterbegin")
    assert above["HX-Push-Url"] == "false"  # what was typed is at the address of the form
    assert 'class="problem"' in above.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_loads_files_of_this_server_only(browser: Browser, path: str) -> None:
    response = browser.get(path)
    page = response.content.decode()
    loaded = re.findall(r'<(?:script|link|img)[^>]*? (?:src|href)="([^"]+)"', page)

    assert len(loaded) >= 3
    for address in loaded:
        assert address.startswith("/static/")
        file = browser.get(address)
        assert (file.status_code, len(b"".join(file)) > 100) == (200, True)
        file.close()
    assert "default-src 'self'" in response["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]* src=)| style=| on[a-z]+=", page)


def test_a_browser_gets_errors_of_the_api_as_pages_and_other_clients_as_documents(
    browser: Browser,
) -> None:
    page = browser.get("/customer/0/", HTTP_ACCEPT="text/html,*/*;q=0.8")
    document = browser.get("/customer/0/", HTTP_ACCEPT="*/*")
    method = browser.delete("/ping/", HTTP_ACCEPT="text/html")

    assert (page.status_code, "There is nothing at this address." in text(page)) == (404, True)
    assert "Accept" in page["Vary"]
    assert document.json()["detail"] == "There is nothing at this address."
    assert (method.status_code, method["Allow"]) == (405, "GET")
    assert "DELETE is not possible here" in text(method)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("OPTIONS", "/", "GET, HEAD"),
        ("TRACE", "/shop/customer/", "GET, HEAD"),
        ("POST", "/shop/report/", "GET, HEAD"),
        ("DELETE", "/shop/storm/", "GET, HEAD, POST"),
        ("GET", "/admin/logout/", "POST, OPTIONS"),
    ],
)
def test_a_method_that_a_page_does_not_have_is_a_page_that_says_so(
    browser: Browser, method: str, path: str, allowed: str
) -> None:
    browser.force_login(User.objects.create_superuser("ada", password=PASSWORD))

    page = browser.generic(method, path, HTTP_ACCEPT="text/html")
    document = browser.generic(method, path)

    assert (page.status_code, page["Allow"]) == (405, allowed)
    assert f"{method} is not possible here; the header Allow names what is." in text(page)
    assert page["Content-Security-Policy"].startswith("default-src 'self'")
    assert document["Content-Type"] == "application/problem+json"


def test_a_browser_too_gets_the_health_of_a_server_without_its_database_as_a_document(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Mock(side_effect=OperationalError("the connection is gone"))
    monkeypatch.setattr(Engine, "server_version", away)

    health = browser.get("/health/", HTTP_ACCEPT="text/html,*/*;q=0.8")

    assert (health.status_code, health.json()["ok"]) == (503, False)


def test_the_report_is_shown_once_there_is_one(
    browser: Browser, settings: Settings, tmp_path: object
) -> None:
    settings.MATRIX_REPORT = f"{tmp_path}/matrix.html"
    before = browser.page("/shop/report/", status=404)
    with open(settings.MATRIX_REPORT, "w") as file:
        file.write("<p>All is well.</p>")

    response = browser.get("/shop/report/")

    assert "make matrix writes the report" in before and "The published report" in before
    assert b"".join(response) == b"<p>All is well.</p>"
    only = response["Content-Security-Policy"]  # it is one file, with its style and script in it
    assert "default-src 'none'" in only and "script-src 'unsafe-inline'" in only
    assert "The report" in browser.page("/")


def test_the_reports_links_lead_to_the_lines_of_tests_and_to_chapters(browser: Browser) -> None:
    test = browser.get("/shop/tests/guarantees/test_isolation.py").content.decode()
    chapter = browser.get("/shop/docs/which-database.md").content.decode()

    lines = (ROOT / "tests/guarantees/test_isolation.py").read_text().splitlines()
    assert f'<span id="L{len(lines)}">{escape(lines[-1])}\n' in test
    assert '<h1 id="which-database-when">' in chapter


def test_a_chapter_is_a_page_whose_links_lead_to_pages(browser: Browser) -> None:
    index, chapter = (
        browser.get(f"/shop/docs/tutorial/{file}.md").content.decode()
        for file in ("index", "1-4-orders")
    )

    assert '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table>' in index
    assert '<a href="../transactions.md">Transactions and retries</a>' in index
    assert "<a>two_sales.py</a>" in index  # a file of the repository that no page shows
    assert '<pre tabindex="0"><code class="language-console">$ ' in chapter
    assert "&lt;!--" not in chapter


def test_the_first_page_leads_to_the_chapters_where_there_are_any(
    browser: Browser, settings: Settings, tmp_path: Path
) -> None:
    page = browser.get("/").content.decode()
    paths = re.findall('href="(/shop/docs/[^"]+)"', page)
    chapters = [browser.get(path).content.decode() for path in paths]

    settings.ROOT = tmp_path  # as in an image

    assert ['<h1 id="which' in chapters[0], '<h1 id="the-tutorial"' in chapters[1]] == [True, True]
    assert "/shop/docs/" not in browser.get("/").content.decode()


def test_only_files_of_the_folder_are_shown_and_any_text_in_them(
    browser: Browser, settings: Settings, tmp_path: Path
) -> None:
    settings.ROOT = tmp_path
    (tmp_path / "docs" / "directory.md").mkdir(parents=True)
    (tmp_path / "docs" / "latin.md").write_bytes(b"# Caf\xe9\n")
    (tmp_path / "docs" / "empty.md").touch()
    (tmp_path / "secret").write_text("a secret")
    for link, target in (("dangling", "nothing"), ("loop", "loop.md"), ("out", "../secret")):
        (tmp_path / "docs" / f"{link}.md").symlink_to(target)

    pages = {name: browser.get(f"/shop/docs/{name}.md") for name in ("latin", "empty")}
    none = [
        browser.get(f"/shop/docs/{name}.md").status_code
        for name in ("directory", "dangling", "loop", "out")
    ]

    assert [page.status_code for page in pages.values()] == [200, 200]
    assert "Caf\ufffd" in text(pages["latin"])
    assert none == [404] * 4


@pytest.mark.parametrize(
    "file", ["docs/nothing.md", "docs/build.py", "tests/%2E%2E/settings/base.py", "tests/%00.py"]
)
def test_no_other_file_is_shown(browser: Browser, file: str) -> None:
    page = browser.get(f"/shop/{file}")

    assert (page.status_code, "There is no file" in text(page)) == (404, True)
