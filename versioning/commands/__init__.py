"""Subcommands of `manage.py dolt`: functions that take its output and the parsed options."""
