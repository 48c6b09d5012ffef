"""A browser on the pages."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

# Of a page, sessions and users included. With versions, each call of the API is a transaction of
# its own that asks which commit it reads.
MOST_STATEMENTS = 16 if "versioning" in settings.INSTALLED_APPS else 8


class Browser(Client):
    """Sends what a browser sends, and fails if a page executes too many statements."""

    def page(self, path: str, status: int = 200, most: int = MOST_STATEMENTS) -> str:
        """Return the text of a page, which must have this status."""
        with CaptureQueriesContext(connection) as statements:
            response = self.get(path, HTTP_ACCEPT="text/html,*/*;q=0.8")
        assert response.status_code == status, response.content
        assert response["Content-Type"] == "text/html; charset=utf-8"
        assert len(statements) <= most
        return text(response)

    def fill(self, path: str, **typed: object) -> HttpResponse:
        """Post the form at this path with these values, and the others as the page has them."""
        found = self.get(path).content.decode().partition("<main")[2]
        form = re.search('(?s)<form method="post".*?</form>', found)
        assert form
        inputs = re.findall(r'<input[^>]*? name="([^"]+)" value="([^"]*)"', form[0])
        values = {name: unescape(value) for name, value in inputs}
        return self.post(path, {**values, **typed}, HTTP_ACCEPT="text/html")


def text(response: HttpResponse) -> str:
    """Return the text of a page without its tags."""
    return unescape(re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", response.content.decode())))


@pytest.fixture
def browser(transactional_db: None) -> Browser:
    return Browser()
