"""Customers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from bank.fields import rule


class Customer(models.Model):
    name = models.CharField(max_length=250)

    class Meta:
        db_table = "customers"
        constraints = [rule("customer_name_not_empty", ~Q(name=""), "A name is not empty.")]

    def __str__(self) -> str:
        return self.name
