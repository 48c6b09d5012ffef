"""Apply SQL patches to a PostgreSQL database, each once: `python -m schema.patch_db`."""
