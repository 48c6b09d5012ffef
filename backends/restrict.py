"""`python -m backends.restrict`: creates the user that a container's application connects as.

BACKEND's NAME_URL is the owner's URL, and APPLICATION_PASSWORD, or the file that
APPLICATION_PASSWORD_FILE names, has the user's password. Nothing is done for a backend that has no
users.py: it has one user. `make serve` does the same, with a new password at each start.
"""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec

from settings.environment import variable


def main(name: str) -> None:
    """Create the user of this backend, or give it this password again."""
    if find_spec(f"backends.{name}.users"):
        users = import_module(f"backends.{name}.users")
        users.restrict(variable(f"{name.upper()}_URL"), variable("APPLICATION_PASSWORD"))


if __name__ == "__main__":
    main(os.environ["BACKEND"])
