"""Find what could end the transaction of a patch unseen, or run what is not in the patch."""

from __future__ import annotations

import re
from pathlib import Path

from .errors import OwnTransaction, PatchError, RawVariable, Unclear, WrongCommand
from .tokens import Token, token_at

# Other commands of psql read other files, run programs, leave out a part of the patch, change how
# psql works, or end it. A second command could follow a backslash; psql's own variables, such as
# ON_ERROR_STOP, have capitals, and those of record.sql begin with patch_db.
ALLOWED = re.compile(
    r"""
    \\(?: (?:echo|qecho|warn|set\s+(?!patch_db)[a-z]\w*) (?:\s[^\\`]*)?
        | (?P<send> g | gset\s*\w* )\s* )
    """,
    re.VERBOSE,
)
# These are for the words of what psql sends, in lower case, each with a space behind it.
ROUTINE = re.compile(r"create (or replace )?(function|procedure) ")
BODY = re.compile(r"begin atomic (.*?; )??end ")
TRANSACTION = re.compile(
    r"(begin|start transaction|commit|end|abort|prepare transaction"
    r"|rollback(?! (work |transaction )?to )) "
)
COPY = re.compile(r"copy (\S+ )*?from stdin ")
END_OF_LINE = re.compile(r"[^\S\n]*+(--[^\n\r]*+)?\r?(?=\n|\Z)")
END_OF_DATA = re.compile(r"\n\\\.\r?(?=\n|\Z)")
SET = {"set", "session", "local", "set_config"}
SETTINGS = {"client_encoding", "names", "standard_conforming_strings"}  # how psql splits a text


class Check:
    """Reads a patch as psql does, by run(); each kind of token has a method."""

    def __init__(self, path: Path, sql: str, *, in_transaction: bool) -> None:
        self.path, self.sql, self.in_transaction = path, sql, in_transaction
        self.at = 0
        self._begin()

    def run(self) -> None:
        """Raise OwnTransaction, WrongCommand, RawVariable or Unclear at the first finding."""
        while self.at < len(self.sql):
            token = token_at(self.sql, self.at)
            self.at = token.end
            if method := getattr(self, f"_{token.kind}", None):
                method(token)
        self._send()

    def _begin(self) -> None:
        """Begin what psql sends next."""
        self.start, self.last_word = self.at, ""
        self.words: list[str] = []
        self.parentheses = self.blocks = 0

    def _word(self, token: Token) -> None:
        """Collect the words outside of parentheses, and count a routine's blocks as psql does."""
        word = token.text.lower()
        self._setting(token, word)
        self.last_word = word
        if self.parentheses:
            return
        if not self.words:
            self.start = token.start
        self.words.append(word)
        if word in ("begin", "case", "end") and ROUTINE.match(" ".join(self.words[:5])):
            step = -1 if word == "end" else int(word == "begin" or self.blocks > 0)
            self.blocks = max(self.blocks + step, 0)

    def _text(self, token: Token) -> None:
        if len(token.text) < 40:
            self._setting(token, token.text[1:-1].lower())

    def _setting(self, token: Token, name: str) -> None:
        if name in SETTINGS and self.last_word in SET:
            raise self._found(Unclear, token.start, f"leave {name} as it is")

    def _unclear(self, token: Token) -> None:
        text = " ".join(self.sql[token.start : token.end][:20].split())
        advice = "write one string instead of" if text[0] in "eE" else "write a space in"
        raise self._found(Unclear, token.start, f"{advice} {text}")

    def _parenthesis(self, token: Token) -> None:
        self.parentheses = max(self.parentheses + (1 if token.text == "(" else -1), 0)

    def _command(self, token: Token) -> None:
        allowed = ALLOWED.fullmatch(token.text)
        if not allowed:
            raise self._found(WrongCommand, token.start, token.text.strip())
        if allowed["send"]:
            self._send()

    def _variable(self, token: Token) -> None:
        raise self._found(RawVariable, token.start, token.text[1:])

    def _semicolon(self, _: Token) -> None:
        if not (self.parentheses or self.blocks):
            self._send()
        elif not self.parentheses:
            self.words.append(";")

    def _send(self) -> None:
        """Check what psql sends here, and skip the data that it sends after it."""
        words = " ".join(self.words) + " "
        if ROUTINE.match(words):
            words = BODY.sub("", words, count=1)
        if "; " in words:
            raise self._found(Unclear, self.start, "write the body as a string, or BEGIN ATOMIC")
        if self.in_transaction and (found := TRANSACTION.match(words)):
            raise self._found(OwnTransaction, self.start, found[1])
        if COPY.match(words):
            self._skip_data()
        self._begin()

    def _skip_data(self) -> None:
        if not END_OF_LINE.match(self.sql, self.at):
            raise self._found(Unclear, self.at, "write nothing behind COPY in its line")
        end = END_OF_DATA.search(self.sql, self.at)
        self.at = end.end() if end else len(self.sql)

    def _found(self, error: type[PatchError], at: int, text: str) -> PatchError:
        return error(self.path, self.sql.count("\n", 0, at) + 1, text)
