"""schema/patch_db, on a database of its own for each test."""
