"""Split SQL into tokens as psql does.

https://www.postgresql.org/docs/current/sql-syntax-lexical.html; what is not ASCII is a letter. What
psql, or a version of it, could split in another way is a token of the kind `unclear`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

LETTER = r"A-Za-z_\x80-\U0010ffff"
TOKEN = re.compile(
    rf"""
    (?P<blank> [^{LETTER}0-9'"$\\;:()/-]++ | --[^\n\r]*+ | :: )
    | (?P<escaped> [eE]' )
    | (?P<word> [{LETTER}][{LETTER}0-9$]*+ )
    | (?P<text> '[^']*+(?:'|\Z) | "[^"]*+(?:"|\Z) )
    | (?P<dollar> \$(?:[{LETTER}][{LETTER}0-9]*+)?+\$ )
    | (?P<number> (?: 0[xXoObB][0-9A-Fa-f_]++ | [0-9][0-9._]*+(?:[eE][+-]?[0-9]++)?+ )
        (?![{LETTER}'$]) )
    | (?P<unclear> [0-9][{LETTER}0-9.]*+['$]? )
    | (?P<parenthesis> [()] )
    | (?P<semicolon> ; )
    | (?P<command> \\[^\n]*+ )
    | (?P<variable> :[{LETTER}0-9]++ )
    | (?P<comment> /\* )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
COMMENT_MARK = re.compile(r"/\*|\*/")
IN_ESCAPED = re.compile(r"\\.|''|'", re.DOTALL)
# The server goes on with escapes; psql does so only if the new line is a carriage return.
CONTINUED = re.compile(r"(?:[ \t\n\r\f\v]|--[^\n\r]*+)++'")


class Token(NamedTuple):
    """A part of the text: a kind, which is a group's name in TOKEN, and how it begins."""

    kind: str
    text: str
    start: int
    end: int


def token_at(sql: str, at: int) -> Token:
    """Return the token that begins there; one that is not closed goes on to the end."""
    match = TOKEN.match(sql, at)
    assert match and match.lastgroup  # noqa: S101 - `other` is any character
    kind, end = match.lastgroup, match.end()
    if kind == "comment":
        end = _end_of_comment(sql, end)
    elif kind == "dollar":
        close = sql.find(match[0], end)
        end = len(sql) if close < 0 else close + len(match[0])
    elif kind == "escaped":
        end = _end_of_escaped(sql, end)
        kind = "unclear" if CONTINUED.match(sql, end) else kind
    return Token(kind, match[0], at, end)


def _end_of_comment(sql: str, at: int) -> int:
    depth = 1
    for mark in COMMENT_MARK.finditer(sql, at):
        depth += 1 if mark[0] == "/*" else -1
        if not depth:
            return mark.end()
    return len(sql)


def _end_of_escaped(sql: str, at: int) -> int:
    for mark in IN_ESCAPED.finditer(sql, at):
        if mark[0] == "'":
            return mark.end()
    return len(sql)
