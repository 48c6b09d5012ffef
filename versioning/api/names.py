"""Texts in the bodies of requests."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bank.api.from_model import NO_NUL
from versioning.signatures import LONGEST

# A limit also refuses texts that are not Unicode (lone surrogates).
Name = Annotated[str, Field(max_length=250)]
Message = Annotated[str, Field(max_length=LONGEST, pattern=NO_NUL)]
