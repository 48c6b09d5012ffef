"""Django's flags for MongoDB through Djongo: those that differ from Djongo's own."""

from __future__ import annotations

from djongo import features


class DatabaseFeatures(features.DatabaseFeatures):
    # Django reads this for one thing: whether a TestCase may hold a transaction around each test.
    # For that, what fails in a test would have to be undone alone, to a savepoint, and MongoDB has
    # none. So the tables are emptied after each test. atomic() does not read it, and rolls back.
    # Djongo has it already; it is here for the reason.
    supports_transactions = False

    # Rules of the data that the server could keep. Django then leaves them out of the tables, and
    # checks them in full_clean().
    supports_foreign_keys = False
    supports_table_check_constraints = False
    supports_partial_indexes = False
    supports_expression_indexes = False

    # SQL that Djongo cannot read.
    allows_group_by_select_index = False
    delete_can_self_reference_subquery = False
    supports_comparing_boolean_expr = False
    supports_ignore_conflicts = False
    supports_order_by_nulls_modifier = False
    order_by_nulls_first = True
    supports_select_difference = False
    supports_select_intersection = False
    supports_select_union = False
    supports_tuple_lookups = False
    update_can_self_select = False
    has_json_object_function = False
    supports_json_field_contains = False  # it is a text

    # pymongo takes UUIDs only with a choice among their old encodings; text needs none.
    has_native_uuid_field = False
    can_return_columns_from_insert = True
    can_return_rows_from_bulk_insert = True
    supports_collation_on_charfield = False
    supports_collation_on_textfield = False
    supports_sequence_reset = False
    test_db_allows_multiple_connections = True
