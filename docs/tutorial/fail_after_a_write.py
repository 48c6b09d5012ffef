"""A function that fails after a write: is the write rolled back?

.venv/bin/python -m runner manage mongodb shell -v 0 < docs/tutorial/fail_after_a_write.py
"""

from contextlib import suppress

from django.db import transaction

from bank.models import Customer
from bank.transactions import retry_transaction


def fail():
    Customer.objects.create(name="Nobody")
    raise LookupError


for title, decorator in ("atomic()", transaction.atomic), ("retry_transaction", retry_transaction):
    with suppress(LookupError):
        decorator(fail)()
    written = Customer.objects.filter(name="Nobody").delete()[0]
    print(f"{title}: {'not rolled back' if written else 'rolled back'}")
