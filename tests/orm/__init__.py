"""An application that exists for tests only: what Django's ORM promises, on every backend.

`checks/` are eighty of its promises, a test each; `requirements/` is what the wiki asked of Django
on databases without SQL. tests/conftest.py installs it, so only pytest sees it.
"""
