"""What the wiki asked of Django on databases without SQL; docs/nosql.md explains each.

https://code.djangoproject.com/wiki/NoSqlSupport

A test names its requirement, and records by observation how it is met: "native" where the database
itself does it, "emulated" where Django or the application does it on top.
"""
