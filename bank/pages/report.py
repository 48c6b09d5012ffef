"""The report of the last `make matrix` on this machine, and the files to which its links lead."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bank.pages.access import page
from bank.pages.chapter import html
from bank.pages.errors import error_page

# The report is one file, with its style and script in it.
ONE_FILE = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
)
PLACE = "/shop/"  # of the files, whose links among each other are relative
ENDINGS = {"docs": "*.md", "tests": "*.py"}


def report_file() -> Path:
    """Return the report's path; the file may be missing."""
    return Path(settings.MATRIX_REPORT)


@page
@require_safe
def report(request: HttpRequest) -> HttpResponseBase:
    """The report; without one, a link to the published one, if there are chapters."""
    if not report_file().is_file():
        published = {"has_published": "docs/matrix.md" in _files()}
        return render(request, "pages/no_report.html", published, status=404)
    response = FileResponse(report_file().open("rb"), content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = ONE_FILE
    return response


@page
@require_safe
def source(request: HttpRequest, folder: str, file: str) -> HttpResponse:
    """A chapter, or a test: its text, with an anchor for each line, such as #L12."""
    files, name = _files(), f"{folder}/{file}"
    if name not in files:
        return error_page(request, 404, f"There is no file {name} here.")
    text = files[name].read_text("utf-8", errors="replace")
    lines = text.splitlines() or [""]
    if folder == "docs":
        chapter = html(text, PLACE + name, {PLACE + each for each in files})
        title = lines[0].lstrip("# ")
        return render(request, "pages/chapter.html", {"title": title, "chapter": chapter})
    return render(request, "pages/source.html", {"name": name, "lines": lines})


def _files() -> dict[str, Path]:
    """Return the files that are shown, by their paths in the repository.

    Not links: one may lead out of it.
    """
    root: Path = settings.ROOT
    found = (path for folder, ending in ENDINGS.items() for path in (root / folder).rglob(ending))
    return {
        path.relative_to(root).as_posix(): path
        for path in found
        if path.is_file() and not path.is_symlink()
    }
