"""`python -m tests.containers.in_docker`: `python -m runner` with Docker as the only provider."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from runner.__main__ import main
from runner.program import run
from settings import NAMES

if __name__ == "__main__":
    for module in [import_module(f"backends.{name}.server") for name in NAMES]:
        providers = [each for each in module.BACKEND.providers if each.what.startswith("Docker")]
        module.BACKEND = replace(module.BACKEND, providers=providers)
    run(main)
