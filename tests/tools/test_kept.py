"""How programs that use the same data directory find each other's server."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from runner import kept
from runner.backends import backend
from runner.errors import CannotRun

POSTGRESQL = backend("postgresql")
URL = POSTGRESQL.url_variable


@pytest.fixture(autouse=True)
def no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no variable name a server."""
    monkeypatch.delenv(URL, raising=False)


def test_the_url_is_replaced_atomically_and_removed_at_the_end(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("old")

    with file.open() as reader, kept.published(POSTGRESQL, tmp_path, "new"):
        assert (reader.read(), file.read_text()) == ("old", "new")

    assert list(tmp_path.iterdir()) == []


def test_the_url_of_a_server_that_was_not_started_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL, "postgresql:///elsewhere")

    with kept.published(POSTGRESQL, tmp_path, "postgresql:///elsewhere"):
        assert list(tmp_path.iterdir()) == []


def test_waiting_is_said_once_and_not_in_the_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pauses = iter([None, "here"])

    def sleep(seconds: float) -> None:
        if url := next(pauses):
            (tmp_path / "url").write_text(url)

    # Only there: subprocess calls time.sleep() too.
    monkeypatch.setattr(kept, "time", SimpleNamespace(sleep=sleep))
    with kept.directory(tmp_path), kept.shared_server(POSTGRESQL, tmp_path) as url:
        assert url == "here"

    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"waiting for another program that uses {tmp_path}\n")


def test_a_directory_that_cannot_be_written_is_a_one_line_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(
            CannotRun, match=r"^Cannot keep data in .*: Not a directory. Give DATA=dir.$"
        ),
        kept.directory(tmp_path / "file" / "data"),
    ):
        pass
