"""A backend consists of the files that docs/add-a-backend.md lists, and of nothing else."""

from __future__ import annotations

import pytest

from runner.backends import backend
from settings import NAMES
from tests.serving import ROOT


@pytest.mark.parametrize("name", NAMES)
def test_a_backend_has_every_file_that_the_documentation_lists(name: str) -> None:
    needed = [f"settings/{name}.py", f"tests/{name}/faults.py", f"tests/{name}/expected.py"]
    needed += [f"docs/{name}.md"]

    assert [file for file in needed if not (ROOT / file).exists()] == []
    assert f"(docs/{name}.md)" in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", NAMES)
def test_a_backend_is_named_like_its_package_and_each_missing_server_has_a_command(
    name: str,
) -> None:
    found = backend(name)

    assert found.name == name
    assert found.providers
    for provider in found.providers:
        command = provider.missing()
        assert command is None or len(command.splitlines()) == 1


def test_no_other_module_names_the_backend_that_was_added_last() -> None:
    own = ("backends/mariadb/", "backends/mysql/", "settings/mariadb.py", "tests/mariadb/")
    places = ("bank", "backends", "runner", "matrix", "myproject", "settings", "tests")
    modules = [file for place in places for file in (ROOT / place).rglob("*.py")]

    naming = {
        file.relative_to(ROOT).as_posix()
        for file in modules
        if "mariadb" in file.read_text().lower()
    }

    assert "backends/mariadb/server.py" in naming
    others = {
        file for file in naming if not file.startswith((*own, "tests/tools/", "tests/containers/"))
    }
    assert others == set()
