"""The report of the last `make matrix` on this machine, and the files to which its links lead."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bank.pages.access import page
from bank.pages.errors import error_page

# The report is one file, with its style and script in it.
ONE_FILE = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
)
ENDINGS = {"docs": "*.md", "tests": "*.py"}


def report_file() -> Path:
    """Return the report's path; the file may be missing."""
    return Path(settings.MATRIX_REPORT)


@page
@require_safe
def report(request: HttpRequest) -> HttpResponseBase:
    """The report."""
    if not report_file().is_file():
        return error_page(request, 404, "There is no report yet: `make matrix` writes it.")
    response = FileResponse(report_file().open("rb"), content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = ONE_FILE
    return response


@page
@require_safe
def source(request: HttpRequest, folder: str, file: str) -> HttpResponse:
    """A test or a chapter: its text, with an anchor for each line, such as #L12."""
    root: Path = settings.ROOT / folder
    files = {path.relative_to(root).as_posix(): path for path in root.rglob(ENDINGS[folder])}
    if file not in files:
        return error_page(request, 404, f"There is no file {folder}/{file} here.")
    lines = files[file].read_text().splitlines()
    return render(request, "pages/source.html", {"name": f"{folder}/{file}", "lines": lines})
