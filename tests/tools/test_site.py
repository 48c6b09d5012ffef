"""`make docs`: the site has every page, no broken link, and loads nothing from other hosts."""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

from docs import pictures
from docs.build import build, rewritten
from tests.serving import ROOT

CONFIG = '[project]\nsite_name = "A site"\ndocs_dir = "build/docs"\nsite_dir = "build/site"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a repository with one page, and a file that is not a page."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "zensical.toml").write_text(CONFIG)
    (tmp_path / "code.py").touch()
    (tmp_path / "docs" / "index.md").write_text("# A page\n\n[a link](#a-page)\n")
    return tmp_path


def test_the_site_has_every_page_and_loads_nothing_from_other_hosts(tmp_path: Path) -> None:
    for file in ROOT.iterdir():
        if file.name not in ("build", "docs", "zensical.toml", ".cache"):
            (tmp_path / file.name).symlink_to(file)
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "zensical.toml", tmp_path)

    assert build(tmp_path) == 0

    pages = {file.relative_to(ROOT / "docs") for file in (ROOT / "docs").rglob("*.md")}
    site = tmp_path / "build" / "site"
    texts = {file.relative_to(site): file.read_text() for file in site.rglob("*.html")}
    assert {page.with_suffix(".html") for page in pages} <= set(texts)
    for page, text in texts.items():
        assert broken_links(site / page, text) == [], page
    loaded = r'<(?:script|img|iframe)[^>]* src="https?:|<link[^>]* href="https?:'
    assert [name for name, text in texts.items() if re.search(loaded, text)] == []
    assert [*site.glob("*.py")] == []  # those of the tutorial are shown


def broken_links(page: Path, text: str) -> list[str]:
    """Return the links of a page to a file, or to an anchor, that the site does not have."""
    broken = []
    for target, anchor in re.findall(r'<a [^>]*href="(?!\w+:)([^"#]*)#?([^"]*)"', text):
        file = (page.parent / target).resolve() if target else page
        found = file.is_file() and (not anchor or f'id="{anchor}"' in file.read_text())
        if not found and page.name != "404.html":  # whose links begin at the root of the host
            broken.append(f"{target}#{anchor}")
    return broken


def test_every_page_is_in_the_navigation_once() -> None:
    config = tomllib.loads((ROOT / "zensical.toml").read_text())

    named = re.findall(r"[\w/-]+\.md", str(config["project"]["nav"]))

    pages = [str(file.relative_to(ROOT / "docs")) for file in (ROOT / "docs").rglob("*.md")]
    assert sorted(named) == sorted(pages)


@pytest.mark.parametrize("target", ["other.md", "#other", "index.md#other"])
def test_a_broken_link_or_anchor_fails_the_build(root: Path, target: str) -> None:
    page = root / "docs" / "index.md"
    assert build(root) == 0
    page.write_text(f"# A page\n\n[a link]({target})\n")

    with pytest.raises(SystemExit, match="[^0]"):
        sys.exit(build(root))


def test_a_link_to_a_file_outside_docs_shows_its_path(root: Path) -> None:
    page = root / "docs" / "index.md"
    page.write_text("[this code](../code.py), [code.py](../code.py#L1), `[x](../y)`, [A](index.md)")

    assert rewritten(page, root, "") == (
        "this code (`code.py`), `code.py`, `[x](../y)`, [A](index.md)"
    )


def test_a_link_in_a_column_shows_no_path(root: Path) -> None:
    page = root / "docs" / "index.md"
    page.write_text("[A](../code.py)\n| [B](../code.py) | [C](../code.py#L1) |\n")

    assert rewritten(page, root, "") == "A (`code.py`)\n| B | C |\n"


def test_pictures_of_a_run_that_was_not_made_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ROOT", "IMAGES"):
        monkeypatch.setattr(pictures, name, tmp_path)
    monkeypatch.setattr(pictures, "STORM", tmp_path / "storm")
    monkeypatch.setattr(pictures, "REPORT", tmp_path / "report")
    (tmp_path / "storm").touch()

    with pytest.raises(SystemExit, match="^There is no report: `make matrix` writes it"):
        pictures.main()

    assert [file.name for file in tmp_path.iterdir()] == ["storm"]


def test_it_leads_to_the_repository_if_its_address_is_set(root: Path) -> None:
    page = root / "docs" / "index.md"
    page.write_text("[this code](../code.py), [code.py](../code.py#L1)")

    assert rewritten(page, root, "https://host/shop") == (
        "[this code](https://host/shop/blob/main/code.py), "
        "[code.py](https://host/shop/blob/main/code.py#L1)"
    )
