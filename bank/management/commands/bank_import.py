"""`manage.py bank_import`: imports the output of bank_export into an empty bank."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from tqdm import tqdm

from bank.errors import BankError, CopyDiffers, NotInserted
from bank.transfer.export import digest
from bank.transfer.importer import Importer, begin, finish
from bank.transfer.stream import Source


class Command(BaseCommand):
    """Marks the bank as unfinished until all records are imported and their hash was compared."""

    help = __doc__
    requires_system_checks = []  # one of them refuses an unfinished copy, which this may discard

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--discard",
            action="store_true",
            help="delete all data of a bank whose import was not finished, whoever wrote it",
        )

    def handle(self, *args: Any, discard: bool, **options: Any) -> None:
        try:
            self.stdout.write(_load(sys.stdin.buffer, discard))
        except BankError as error:
            raise CommandError(str(error)) from error


def _load(stream: BinaryIO, discard: bool) -> str:
    source = Source(stream)
    begin(discard=discard)
    with tqdm(total=source.count, desc="records", unit="", disable=None) as bar:
        try:
            for inserted in Importer().add(source.records()):
                bar.update(inserted)
        except (Error, ValidationError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise NotInserted(source.number, error) from error
    if source.expected != source.read.text() or source.expected != digest():
        raise CopyDiffers
    finish()
    return f"{source.count} records copied, content {source.expected}"
