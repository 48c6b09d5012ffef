"""Tests of schema/patch_db, with psql and a database of their own."""
