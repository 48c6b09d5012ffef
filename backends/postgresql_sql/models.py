"""The reports of schema/reports.sql as models. They can only be read."""

from __future__ import annotations

from django.db import models


class Sales(models.Model):
    """The sales of a product on a day: a view, which is computed when it is read."""

    pk = models.CompositePrimaryKey("product_id", "day")
    product = models.ForeignKey("bank.Product", models.DO_NOTHING, related_name="sales")
    day = models.DateField()
    pieces = models.BigIntegerField()
    revenue = models.DecimalField(max_digits=30, decimal_places=2)

    class Meta:
        managed = False
        db_table = "sales"
        default_permissions = ("view",)
        verbose_name_plural = "sales"

    def __str__(self) -> str:
        return f"{self.product} on {self.day}"


class BestSeller(models.Model):
    """A product's place by revenue, as of the last `manage.py refresh_reports`."""

    product = models.OneToOneField("bank.Product", models.DO_NOTHING, primary_key=True)
    pieces = models.BigIntegerField()
    revenue = models.DecimalField(max_digits=30, decimal_places=2)
    place = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "best_sellers"
        default_permissions = ("view",)
        ordering = ["place", "product"]

    def __str__(self) -> str:
        return f"{self.place}. {self.product}"
