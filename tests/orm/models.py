"""Models with every kind of relation and field that the checks need."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from tests.orm.fields import AddressField, SetField


class Named(models.Model):
    """Abstract base of all models with a name."""

    name = models.CharField(max_length=100)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Author(Named):
    pass


class Publisher(Named):
    pass


class Series(Named):
    pass


class Tag(Named):
    name = models.CharField(max_length=100, unique=True)
    weight = models.IntegerField(default=0)


class Book(Named):
    """Has a foreign key of each kind: CASCADE (author), PROTECT (publisher), SET_NULL (series)."""

    author = models.ForeignKey(Author, models.CASCADE, related_name="books")
    publisher = models.ForeignKey(Publisher, models.PROTECT, null=True, related_name="books")
    series = models.ForeignKey(Series, models.SET_NULL, null=True, related_name="books")
    tags = models.ManyToManyField(Tag, related_name="books")
    pages = models.IntegerField(default=100)
    copies = models.IntegerField(default=1)
    price = models.DecimalField(max_digits=8, decimal_places=2, default=10)
    available = models.BooleanField(default=True)
    published = models.DateField(null=True)

    class Meta:
        constraints = [CheckConstraint(condition=Q(pages__gte=1), name="book_has_pages")]


class Club(Named):
    books = models.ManyToManyField(Book, through="Choice", related_name="clubs")


class Choice(models.Model):
    """The through model of Club.books, with a column of its own."""

    club = models.ForeignKey(Club, models.CASCADE)
    book = models.ForeignKey(Book, models.CASCADE)
    rank = models.IntegerField()

    class Meta:
        constraints = [UniqueConstraint(fields=["club", "book"], name="choice_once")]

    def __str__(self) -> str:
        return f"{self.rank}. {self.book} ({self.club})"


class Values(models.Model):
    """One nullable field of each type."""

    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True)
    token = models.UUIDField(null=True)
    timestamp = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    duration = models.DurationField(null=True)
    content = models.BinaryField(null=True)
    ratio = models.FloatField(null=True)
    integer = models.BigIntegerField(null=True)
    text = models.TextField(null=True)  # noqa: DJ001 - the null is tested

    def __str__(self) -> str:
        return str(self.pk)


class Locker(models.Model):
    """Has a unique column that may be null."""

    number = models.IntegerField(null=True, unique=True)

    def __str__(self) -> str:
        return str(self.number)


class Document(models.Model):
    data = models.JSONField()

    def __str__(self) -> str:
        return str(self.data)


class Place(Named):
    pass


class Restaurant(Place):
    """A child of Place by multi-table inheritance."""

    stars = models.IntegerField()


class Currency(Named):
    code = models.CharField(max_length=3, primary_key=True)


class Contact(Named):
    """Has a set and a value object, for which SQL has no column type."""

    labels = SetField(default=set)
    address = AddressField()


class Member(AbstractBaseUser):
    """A user model with a key that is not an integer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    email = models.EmailField(unique=True)

    USERNAME_FIELD = "email"

    def __str__(self) -> str:
        return self.email


class Person(models.Model):
    """Has two names, so that two branches can change one row without a conflict."""

    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"
