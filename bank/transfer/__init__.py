"""Exports all data as a stream of records, which any other backend can import."""
