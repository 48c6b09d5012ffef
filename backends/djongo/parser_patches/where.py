"""Translates WHERE to a MongoDB filter: Djongo's own filter selects wrong rows, without an error.

It loses an AND or OR after BETWEEN, and negates LIKE and IN in some places only. Its classes for
single comparisons are right, but for those below; WhereOp puts them together as SQL means it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from djongo.exceptions import SQLDecodeError
from djongo.sql2mongo import operators
from djongo.sql2mongo.query import BaseQuery
from djongo.sql2mongo.sql_tokens import SQLStatement, SQLToken
from sqlparse import tokens
from sqlparse.sql import Comparison, Function, Identifier, Parenthesis, Token, TokenList

Filter = dict[str, Any]


class LikeOp(operators.LikeOp):
    """Replaces Djongo's, which treats a string that looks like JSON as a query of another field."""

    options = "s"  # the wildcard matches line breaks too

    def _make_regex(self, token: Token) -> None:
        text = self.params[SQLToken.placeholder_index(token)]
        # Not $ at the end, which also matches before a last line break.
        self._regex = rf"\A{text.replace('%', '.*')}(?![\s\S])"

    def to_mongo(self) -> Filter:
        return {self._field: {"$regex": self._regex, "$options": self.options}}


class ILikeOp(LikeOp):
    options = "is"


class InOp(operators.InOp):
    """Replaces Djongo's, which mistakes a list for the subquery if a condition has both."""

    def _fill_in(self, token: TokenList) -> None:
        self._subquery = token[1].ttype == tokens.DML
        if self._subquery and self.query.nested_query:
            raise SQLDecodeError("Two subqueries")
        super()._fill_in(token)

    def _to_mongo(self, op: str) -> Filter:
        found: Filter = super()._to_mongo(op) if self._subquery else {self._field: {op: self._in}}
        return found


class AggregateOp(operators.FuncOp):
    """HAVING; Djongo's looks for the aggregate's value in the wrong place."""

    def to_mongo(self) -> Filter:
        name = self.query.token_alias.token2alias.get(self._identifier)
        if name is None:
            raise SQLDecodeError("HAVING an aggregate that is not selected")
        return {name: {self._operator: self._constant}}


OPERATORS = {
    "IN": InOp,
    "LIKE": LikeOp,
    "ILIKE": ILikeOp,
    "BETWEEN": operators.BetweenOp,
    "IS": operators.IsOp,
}
FRAME = {"WHERE", "HAVING", "(", ")"}


class Condition(Protocol):
    """A comparison or a parenthesis."""

    def to_mongo(self) -> Filter: ...


Part = Condition | str  # or one of the words AND, OR, NOT


class WhereOp:
    """Comparisons and parentheses between AND, OR and NOT."""

    def __init__(self, statement: SQLStatement, query: BaseQuery, params: object = None) -> None:
        self.query = query
        self.parts = list(self._read(statement))

    def _read(self, statement: SQLStatement) -> Iterator[Part]:
        """Return the operators as words, and the parts between them as Conditions."""
        for token in statement:
            word = str(token).upper()
            if word in ("AND", "OR", "NOT"):
                yield word
            elif word in OPERATORS:
                yield OPERATORS[word](statement=statement, query=self.query)
            elif isinstance(token, Comparison):
                function = isinstance(token.tokens[0], Function)
                yield (AggregateOp if function else operators.CmpOp)(token, self.query)
            elif isinstance(token, Parenthesis):
                yield type(self)(SQLStatement(token), self.query)
            elif not isinstance(token, Identifier) and word not in FRAME:
                raise SQLDecodeError(word)
            # The operator after an identifier looks back at it.

    def to_mongo(self) -> Filter:
        """Return the filter; NOT has precedence over AND, and AND over OR."""
        return _joined("$or", [self._all(part) for part in _split(self.parts, "OR")])

    def _all(self, parts: list[Part]) -> Filter:
        return _joined("$and", [self._one(part) for part in _split(parts, "AND")])

    def _one(self, parts: list[Part]) -> Filter:
        if len(parts) > 1 and parts[0] == "NOT":
            return {"$nor": [self._one(parts[1:])]}
        if len(parts) != 1 or isinstance(parts[0], str):
            raise SQLDecodeError(" ".join(map(str, parts)))
        return parts[0].to_mongo()


def _split(parts: list[Part], word: str) -> list[list[Part]]:
    found: list[list[Part]] = [[]]
    for part in parts:
        if part == word:
            found.append([])
        else:
            found[-1].append(part)
    return found


def _joined(operator: str, filters: list[Filter]) -> Filter:
    return filters[0] if len(filters) == 1 else {operator: filters}
