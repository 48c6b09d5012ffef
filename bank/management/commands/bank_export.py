"""`manage.py bank_export`: writes all data as JSON, one record per line, to standard output."""

from __future__ import annotations

import json
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from tqdm import tqdm

from bank.errors import BankError
from bank.transfer.export import Digest, number, records, refuse_unfinished, snapshot


class Command(BaseCommand):
    """Writes the number of records, then the records, then the hash of their content.

    All records are read from one snapshot of the database, into a temporary file first, so that a
    slow reader of the output does not keep the transaction open.
    """

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        with TemporaryFile("w+", encoding="ascii") as file:
            try:
                with snapshot():
                    written = _write(file)
            except BankError as error:
                raise CommandError(str(error)) from error
            except Error as error:
                raise CommandError(f"Nothing was exported: {error}") from error
            file.seek(0)
            self.stdout.write(json.dumps({"records": written}))
            for line in file:
                self.stdout.write(line, ending="")


def _write(file: IO[str]) -> int:
    """Write all records and their hash; return the number of records."""
    refuse_unfinished()
    digest, written = Digest(), 0
    for record in tqdm(records(), total=number(), desc="records", unit="", disable=None):
        digest.add(record)
        written += 1
        print(record.line(), file=file)
    print(json.dumps({"hash": digest.text()}), file=file)
    return written
