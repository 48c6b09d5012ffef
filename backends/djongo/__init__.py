"""MongoDB through Djongo 1.3.7 on Django 5.2: translates Django's SQL to MongoDB's commands.

Djongo was written for Django 3.1, without transactions. What keeps it from being a database today
is corrected here, with a comment at each place; docs/djongo.md has the table. A query goes down:

    queryset
       │
       ▼
    compiler.py         Django's compilers: SQL that Djongo can read, or NotSupportedError
       │  ▲
       │  └─ translation/    what Djongo cannot read, as MongoDB's expressions (to_mql): in the SQL
       │                     it is only the name of a column, its stages go with the SQL
       ▼  SQL, its parameters and stages
    driver/cursor.py    the cursor, with the errors of a database driver
       │
       ▼
    Djongo's parser     sqlparse and djongo.sql2mongo
       │  ▲
       │  └─ parser_patches/ its parts that read wrongly or too little, replaced
       ▼  find(), aggregate([stages]), insert_many(), update_many(), delete_many()
    driver/connection.py    pymongo, in the session of the transaction
       │
       ▼
    MongoDB

and its rows come back up: documents → tuples (parser_patches/select_query.py) → values of Python
(the converters of operations.py) → objects. The other modules here are those of every engine of
Django: base.py is what Django loads, features.py says what it can do, operations.py how values are
written, schema.py, introspection.py and creation.py are about tables. server.py starts a server.

Djongo is under the AGPL-3.0: nothing but this package imports it.
"""
