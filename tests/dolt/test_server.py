"""Building the server's program, a leftover server, and a missing password."""

from __future__ import annotations

from pathlib import Path

import pytest

from backends.dolt import build
from backends.dolt.own_server import own_server
from runner.errors import CannotRun, ServerUnavailable


def test_missing_build_tools_are_an_error_with_the_command_that_installs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ServerUnavailable) as caught:
        build.program()

    assert caught.value.command == "apt install golang-go g++ libicu-dev"


def test_a_cached_build_needs_no_build_tools(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    built = build.cached()
    built.parent.mkdir(parents=True)
    built.touch()
    monkeypatch.setenv("PATH", "")

    assert (build.missing(), build.program()) == (None, built)


@pytest.mark.parametrize("content", [None, ""])
def test_a_missing_password_is_an_error_and_is_not_created_again(
    tmp_path: Path, content: str | None
) -> None:
    (tmp_path / "dolt" / "databases" / "bank").mkdir(parents=True)
    if content is not None:
        (tmp_path / "dolt" / "password").write_text(content)

    with (
        pytest.raises(CannotRun, match="dolt/password is missing, but there are databases"),
        own_server("dolt", tmp_path),
    ):
        pass

    assert (tmp_path / "dolt" / "password").exists() == (content is not None)
