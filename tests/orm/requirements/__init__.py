"""The requirements of Django's wiki for databases without SQL; docs/nosql.md explains each.

https://code.djangoproject.com/wiki/NoSqlSupport

A test names its requirement, and observes and records how it is met: "native" if the database
itself does it, "emulated" if Django or the application does it instead.
"""
