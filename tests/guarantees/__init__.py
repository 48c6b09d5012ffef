"""What each database guarantees and can do, as the application configures it.

A test observes what the database does. It fails if expected.py declares something else, so the
report, of which each of these tests is a row, cannot be wrong while the suite passes.
"""
