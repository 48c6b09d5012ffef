"""`make docs`: builds the site in build/site from the Markdown files in docs/, with Zensical.

A page may link to any file of the repository, as on a code host. The site has only the pages, so
the other links are rewritten in a copy of them, in build/docs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = re.compile(r"(^```.*?^```|`[^`\n]+`)", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[([^\[\]]+)\]\((?!\w+:|#)([^)#\s]+)(#[^)\s]*)?\)")


def build(root: Path = ROOT) -> int:
    """Build root/build/site; return Zensical's exit code: 1 if a link or an anchor is broken.

    Raises SystemExit for a link to a file that does not exist.
    """
    config = tomllib.loads((root / "zensical.toml").read_text())
    docs, copies = root / "docs", root / "build" / "docs"
    shutil.rmtree(copies, ignore_errors=True)
    shutil.copytree(
        docs, copies, ignore=shutil.ignore_patterns("build.py", "pictures.py", "__pycache__")
    )
    for page in docs.rglob("*.md"):
        text = rewritten(page, root, config["project"].get("repo_url", ""))
        (copies / page.relative_to(docs)).write_text(text)
    zensical = Path(sys.executable).parent / "zensical"
    return subprocess.run([zensical, "build", "--clean", "--strict"], cwd=root).returncode


def rewritten(page: Path, root: Path, repo_url: str) -> str:
    """Return the page's text, in which no link leads to a file outside root/docs.

    With the address of the repository it leads there; without, the file's path is shown.
    """

    def link(found: re.Match[str]) -> str:
        text, target, anchor = found[1], found[2], found[3] or ""
        file = Path(os.path.normpath(page.parent / target))
        if not file.exists():
            sys.exit(f"{page.relative_to(root)}: there is no {target}")
        if file.is_relative_to(root / "docs"):
            return found[0]
        path = str(file.relative_to(root))
        if repo_url:
            return f"[{text}]({repo_url}/blob/main/{path}{anchor})"
        line = found.string[found.string.rfind("\n", 0, found.start()) + 1 :]
        if line.startswith("|"):
            return text  # a column has no room for paths
        return f"`{path}`" if text in path else f"{text} (`{path}`)"

    parts = CODE.split(page.read_text())
    parts[::2] = (LINK.sub(link, part) for part in parts[::2])
    return "".join(parts)


if __name__ == "__main__":
    sys.exit(build())
