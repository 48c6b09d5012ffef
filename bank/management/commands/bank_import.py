"""`manage.py bank_import`: fills an empty bank with what bank_export wrote."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from bank.copying import Digest, Record, digest
from bank.errors import BankError, CopyDiffers, CopyEnded
from bank.loading import Loading, begin, finish


class Command(BaseCommand):
    """Until it is done the bank is marked as unfinished; then its content is compared by hash."""

    help = __doc__
    requires_system_checks = []  # an unfinished copy is what it may have to clear away

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(f"{_load(sys.stdin)}")
        except BankError as error:
            raise CommandError(str(error)) from error


def _load(stream: TextIO) -> str:
    source = Source(stream)
    begin()
    with tqdm(total=source.count, desc="records", unit="", disable=None) as bar:
        for inserted in Loading().add(source.records()):
            bar.update(inserted)
    if source.expected != source.read.text() or source.expected != digest():
        raise CopyDiffers
    finish()
    return f"{source.count} records copied, content {source.expected}"


class Source:
    """What bank_export wrote, read line by line."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        first = stream.readline()
        if not first:
            raise CopyEnded
        self.count: int = json.loads(first)["records"]
        self.expected: str | None = None
        self.read = Digest()

    def records(self) -> Iterator[Record]:
        """All of them; raises CopyEnded if the last line, which has the hash, is missing."""
        for line in self.stream:
            if line.startswith("{"):
                self.expected = json.loads(line)["hash"]
                return
            record = Record.of(line)
            self.read.add(record)
            yield record
        raise CopyEnded
