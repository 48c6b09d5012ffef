"""The code that the documentation quotes, and whether it is still the code of its file.

A comment before a block names the file and, if a part of it is meant, the function, class or
variable: <!-- from bank/api/customers.py: delete_customer -->. In a block, a line with only an
ellipsis, which may be a comment, stands for lines that are left out. Indentation is not compared.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.serving import ROOT

QUOTE = re.compile(
    r"^<!-- from (\S+?)(?:: (\w+))? -->\n```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL
)
LEFT_OUT = ("…", "# …")


def outdated(document: str, root: Path = ROOT) -> Iterator[str]:
    """Yield "file: first line" for each quotation in the text that is not in its file."""
    for path, name, language, text in QUOTE.findall(document):
        lines = [line.strip() for line in text.splitlines()]
        if language == "diff":
            lines = [line[1:].strip() for line in text.splitlines() if line[:1] in (" ", "-")][1:]
        if not any(_is_in(lines, source) for source in _sources(root / path, name)):
            yield f"{path}: {lines[0]}"


def _sources(file: Path, name: str) -> Iterator[list[str]]:
    """Yield the file's lines, or those of each definition of the name: it may have overloads."""
    text = file.read_text()
    nodes = [node for node in ast.walk(ast.parse(text)) if _is(node, name)] if name else []
    for source in [_segment(text, node) for node in nodes] if name else [text]:
        yield [line.strip() for line in source.splitlines()]


def _is(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Assign):
        return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    return getattr(node, "name", None) == name


def _segment(text: str, node: ast.AST) -> str:
    """Return the lines of the definition, with its decorators."""
    decorators = [each.lineno for each in getattr(node, "decorator_list", [])]
    first = min([node.lineno, *decorators])  # type: ignore[attr-defined]
    return "\n".join(text.splitlines()[first - 1 : node.end_lineno])  # type: ignore[attr-defined]


def _is_in(lines: list[str], source: list[str]) -> bool:
    """Whether the lines, of which some are left out, are in the source in this order."""
    kept = [r"(?:.*\n)*?" if line in LEFT_OUT else re.escape(line) + r"\n" for line in lines]
    return bool(re.search("^" + "".join(kept), "\n".join([*source, ""]), re.MULTILINE))
