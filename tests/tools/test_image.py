"""compose/application.Dockerfile, read; tests/containers builds and runs it."""

from __future__ import annotations

import json
import re

from runner.backends import backend
from runner.serve import _granian
from tests.serving import ROOT

DOCKERFILE = (ROOT / "compose" / "application.Dockerfile").read_text().replace("\\\n", "")
[APPLICATION] = re.findall(r"^FROM \S+ AS application\n(.*?)(?=^FROM)", DOCKERFILE, re.M | re.S)
[COMMAND] = map(json.loads, re.findall(r"^CMD (\[.*\])$", APPLICATION, re.M))


def test_the_image_starts_the_server_with_the_options_of_make_serve() -> None:
    options = _granian(backend("postgresql"), "0.0.0.0", 8000)[1:]
    workers = options.index("--workers")  # the image sets it with GRANIAN_WORKERS

    assert sorted(COMMAND[1:]) == sorted(options[:workers] + options[workers + 2 :])


def test_the_build_context_has_no_data_secrets_or_history() -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()

    assert {".data", ".git", ".venv", "build"} <= {*rules}


def test_the_application_copies_only_what_serving_needs() -> None:
    copied = re.findall(r"^COPY (?!--from)(\S+) \S+$", APPLICATION, re.M)

    own = ["backends", "bank", "manage.py", "myproject", "schema", "settings", "versioning"]
    assert sorted(copied) == own
