"""The database's definition in SQL, and patch_db, which applies the changes to it.

They need Python 3.11, psycopg 3 and PostgreSQL's psql, and nothing of the application. README.md
says which files another project copies.
"""
