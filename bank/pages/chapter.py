"""A chapter of docs/ as HTML: CommonMark with tables, and an anchor for each heading."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

# A wide table is scrolled, also with the keyboard, so that the page is as wide as the window.
SCROLLED = '<div class="scroll" tabindex="0" role="region" aria-label="Table">'


def html(text: str, address: str, pages: Collection[str]) -> SafeString:
    """Return the HTML of a chapter of ours, which may have HTML in it, for the page at `address`.

    A link to a file of the repository that none of the `pages` shows becomes text.
    """
    markdown = _markdown()
    tokens = markdown.parse(text)
    for link in (child for token in tokens for child in token.children or ()):
        target = urljoin(address, str(link.attrGet("href") or ""))
        if target.startswith("/") and target.partition("#")[0] not in pages:
            link.attrs.pop("href", None)
    return mark_safe(markdown.renderer.render(tokens, markdown.options, {}))  # noqa: S308 - ours


@cache
def _markdown() -> MarkdownIt:
    # Imported here because only these pages need it: importing it takes as long as ten requests.
    from markdown_it import MarkdownIt
    from mdit_py_plugins.anchors import anchors_plugin

    markdown = MarkdownIt("commonmark").enable("table").use(anchors_plugin, max_level=4)
    markdown.add_render_rule("table_open", lambda *_: f"{SCROLLED}<table>")
    markdown.add_render_rule("table_close", lambda *_: "</table></div>\n")
    markdown.add_render_rule("fence", _code)
    return markdown


def _code(renderer: Any, tokens: Any, number: int, options: Any, env: Any) -> str:
    """A block of code, which is scrolled if a line is long."""
    found: str = renderer.fence(tokens, number, options, env)
    return found.replace("<pre>", '<pre tabindex="0">', 1)
