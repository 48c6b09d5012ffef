"""`python -m backends.dolt` builds Dolt, if it is not built, and prints where the program is."""

from __future__ import annotations

from backends.dolt import build

if __name__ == "__main__":
    print(build.program())
