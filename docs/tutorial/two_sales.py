"""Two sellers sell a chess set at the same moment: what does the database do?

.venv/bin/python -m runner manage postgresql shell -v 0 < docs/tutorial/two_sales.py
"""

import time
from concurrent.futures import ThreadPoolExecutor

from django.db import DatabaseError, transaction

from bank.models import Product
from bank.transactions import retry_transaction

chess_set = Product.objects.get(name="Chess set")
STOCK = 28


def write(stock):
    Product.objects.filter(pk=chess_set.pk).update(stock=stock)


def two_sales(title, decorator, write):
    @decorator
    def sell():
        stock = Product.objects.get(pk=chess_set.pk).stock
        time.sleep(0.5)  # both read before either writes
        write(stock - 1)
        return "sold"

    def answer(_):
        try:
            return sell()
        except DatabaseError as error:
            return type(error).__name__

    Product.objects.filter(pk=chess_set.pk).update(stock=STOCK)
    with ThreadPoolExecutor() as sellers:
        answers = sorted(sellers.map(answer, range(2)), reverse=True)
    left = Product.objects.get(pk=chess_set.pk).stock
    print(f"{title}: {', '.join(answers)}; the stock went from {STOCK} to {left}")


def write_with_a_token(stock):
    Product.objects.take({chess_set.pk: 1})


two_sales("atomic()", transaction.atomic, write)
two_sales("retry_transaction", retry_transaction, write)
two_sales("retry_transaction and a token", retry_transaction, write_with_a_token)
write(STOCK)
