"""Find what could end the transaction of a patch unseen, or run what is not in the patch.

The text is read as psql reads it: https://www.postgresql.org/docs/current/sql-syntax-lexical.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# In this order: what can contain any text, then words and single characters.
TOKEN = re.compile(
    r"""
    (?P<comment> --[^\n\r]* | /\* )
    | (?P<text> [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*"
        | \$(?P<tag>(?:[^\W\d]\w*)?)\$ .*? \$(?P=tag)\$ )
    | (?P<separator> \\; | ; )
    | (?P<command> \\[^\n]* )
    | :: | (?P<variable> :[^\W\d]\w* )
    | (?P<word> [^\W\d][\w$]* )
    | (?P<parenthesis> [()] )
    | \s+ | \d[\w$]* | .
    """,
    re.VERBOSE | re.DOTALL,
)
COMMENT_MARK = re.compile(r"/\*|\*/")
COPY = re.compile(r"copy\b.*\bfrom stdin\b")
END_OF_DATA = re.compile(r"\n\\\.[ \t\r]*(?=\n|\Z)")
# Other commands of psql read other files, run programs, change how psql works, or end it. A second
# command could follow a backslash; psql's own variables, such as ON_ERROR_STOP, have capitals.
ALLOWED = re.compile(
    r"""
    \\(?: (?:echo|qecho|warn|if|elif|set\s+[a-z]\w*) (?:\s[^\\`]*)?
        | gset\s*\w*\s* | (?:g|else|endif)\s* )
    """,
    re.VERBOSE,
)
ROUTINE = re.compile(r"create (or replace )?(function|procedure) ")
TRANSACTION = re.compile(
    r"(begin|start transaction|commit|end|abort|prepare transaction"
    r"|rollback(?!( work| transaction)? to\b))\b"
)


def ends_transaction(sql: str) -> tuple[int, str] | None:
    """Return the line and the words of the first statement that begins or ends a transaction."""
    for line, words in _statements(sql):
        if found := TRANSACTION.match(words):
            return line, found[0]
    return None


def wrong_command(sql: str) -> tuple[int, str] | None:
    """Return the line and the text of the first command of psql that is not allowed."""
    for token in _tokens(sql):
        if token["command"] and not ALLOWED.fullmatch(token[0]):
            return _line(sql, token), token[0].strip()
    return None


def raw_variable(sql: str) -> tuple[int, str] | None:
    """Return the line and the name of the first variable that psql would put in as SQL."""
    for token in _tokens(sql):
        if token["variable"]:
            return _line(sql, token), token["variable"][1:]
    return None


def _statements(sql: str) -> Iterator[tuple[int, str]]:
    """Yield the line at which each statement begins, and its words in lower case."""
    words, line, depth = "", 0, 0
    for token in _tokens(sql):
        if word := (token["word"] or "").lower():
            line = line if words else _line(sql, token)
            words += f"{word} "
            depth += _deeper(word, words, depth)
        elif token["parenthesis"]:
            depth += 1 if token[0] == "(" else -1
        elif token["command"] or (token["separator"] and depth <= 0):
            yield line, words
            words, depth = "", 0
    yield line, words


def _deeper(word: str, words: str, depth: int) -> int:
    """Return 1 or -1 at the begin or end of a routine's body in SQL, as psql counts them."""
    if not ROUTINE.match(words):
        return 0
    if word == "begin" or (word == "case" and depth):
        return 1
    return -1 if word == "end" and depth else 0


def _tokens(sql: str) -> Iterator[re.Match[str]]:
    """Yield the tokens, without the insides of comments and the data of COPY."""
    at, words = 0, ""
    while token := TOKEN.match(sql, at):
        at = token.end()
        if token[0] == "/*":
            at = _end_of_comment(sql, at)
        elif token["word"]:
            words += f"{token[0].lower()} "
        elif token["separator"] or token["command"]:
            at = _end_of_data(sql, at) if COPY.match(words) else at
            words = ""
        yield token


def _end_of_comment(sql: str, at: int) -> int:
    depth = 1
    for mark in COMMENT_MARK.finditer(sql, at):
        depth += 1 if mark[0] == "/*" else -1
        if not depth:
            return mark.end()
    return len(sql)


def _end_of_data(sql: str, at: int) -> int:
    end = END_OF_DATA.search(sql, at)
    return end.end() if end else len(sql)


def _line(sql: str, token: re.Match[str]) -> int:
    return sql.count("\n", 0, token.start()) + 1
