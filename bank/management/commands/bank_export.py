"""`manage.py bank_export`: all of the bank, a line of JSON per record, to standard output."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bank.copying import Digest, records
from bank.errors import BankError
from bank.models import Customer, Order, Product, StoredAnswer


class Command(BaseCommand):
    """First how many records there are, then the records, last the hash of their content."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._write()
        except BrokenPipeError:
            # Who reads has ended, and said why: https://docs.python.org/3/library/signal.html#note-on-sigpipe
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        except BankError as error:
            raise CommandError(str(error)) from error

    def _write(self) -> None:
        count = sum(model.objects.count() for model in (Customer, Product, Order, StoredAnswer))
        self.stdout.write(json.dumps({"records": count}))
        digest = Digest()
        for record in records():
            digest.add(record)
            self.stdout.write(record.line())
        self.stdout.write(json.dumps({"hash": digest.text()}))
