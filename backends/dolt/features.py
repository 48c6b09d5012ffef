"""The features in which Dolt differs from MySQL."""

from __future__ import annotations

from django.db.backends.mysql import features


class DatabaseFeatures(features.DatabaseFeatures):
    # Dolt parses FOR UPDATE and ignores it: no writer waits, and conflicts are found at COMMIT.
    # https://www.dolthub.com/blog/2023-10-23-hold-my-beer/
    has_select_for_update = False
    has_select_for_update_nowait = False
    has_select_for_update_skip_locked = False
    has_select_for_update_of = False
    # A syntax error up to 1.83: https://github.com/dolthub/go-mysql-server/pull/3634
    supports_expression_indexes = False
