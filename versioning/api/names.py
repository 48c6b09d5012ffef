"""The bodies of requests, and the texts in them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from bank.api.from_model import NO_NUL, Input
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


class Body(Input):
    """A body, or a part of it, whose unknown members are refused: most members have a default.

    `{"name": "x", "revision": "y"}`, as of a tag, would create a branch of main.
    """

    model_config = ConfigDict(extra="forbid")  # for /openapi.json; the sentence names the known

    @model_validator(mode="before")
    @classmethod
    def refuse_unknown_members(cls, sent: Any) -> Any:
        """Raise ValueError with the first unknown member and all known ones."""
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for name in sent if isinstance(sent, dict) else ():
            if name not in known:
                raise ValueError(f"There is no member {name!r}, only {', '.join(known)}.")
        return sent
