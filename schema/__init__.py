"""The database's definition in SQL, and patch_db, which applies the changes to it.

It needs Python 3.11, psycopg 3 and PostgreSQL's psql, and nothing of the application: the directory
can be copied into another project.
"""
