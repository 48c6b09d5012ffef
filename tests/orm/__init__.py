"""A Django application for tests only: features of Django's ORM, tested on every backend.

`checks/` tests eighty documented features, one each; `requirements/` tests what Django's wiki
requires on databases without SQL. tests/conftest.py installs it, so only pytest loads it.
"""
