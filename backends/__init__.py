"""A package for each database: its engine, its errors, how its server is started.

The name of a backend is that of its package, its settings module and its row in the matrix.
"""
