"""Eighty promises of Django's ORM; how many a backend keeps is its score in the matrix."""
