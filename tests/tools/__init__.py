"""Tests that need no particular database: of the tools, and of what answers before a query.

They run once, with tests.tools.settings, which has no database. The few that start a server take
PostgreSQL's.
"""
