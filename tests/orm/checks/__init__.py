"""Eighty features of Django's ORM; the number that pass on a backend is its score in the matrix."""
