"""Tests that need no particular database: of the tools, and of requests that execute no query.

They run once, with tests.tools.settings, which has no database. The few that need a server start
PostgreSQL.
"""
