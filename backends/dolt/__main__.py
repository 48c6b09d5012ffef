"""`python -m backends.dolt` builds Dolt if necessary and prints the path of the program."""

from __future__ import annotations

from backends.dolt import build

if __name__ == "__main__":
    print(build.program())
