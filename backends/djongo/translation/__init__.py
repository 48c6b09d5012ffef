"""Translates Django's expressions to MongoDB's, where Djongo's parser cannot read the SQL.

expressions.py has the function to_mql(); the modules named here add the types they know to it.
computed_columns.py gives each result a name, which is all of it that is in the SQL.
"""

from backends.djongo.translation import functions, predicates, subqueries

__all__ = ["functions", "predicates", "subqueries"]
