"""A package for each database: its engine, its error codes, and how its server is started.

A backend has one name: of its package, of its settings module and of its column in the matrix.
"""
