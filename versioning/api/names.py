"""Texts in the bodies of requests."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from bank.api.from_model import NO_NUL
from versioning.errors import InvalidName
from versioning.names import checked
from versioning.signatures import LONGEST


def _new(name: str) -> str:
    try:
        return checked(name)
    except InvalidName as error:
        raise ValueError(str(error)) from error


# A limit also refuses texts that are not Unicode (lone surrogates).
Name = Annotated[str, Field(max_length=250)]
NewName = Annotated[Name, AfterValidator(_new)]
Message = Annotated[str, Field(max_length=LONGEST, pattern=NO_NUL)]
