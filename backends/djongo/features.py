"""The feature flags of MongoDB through Djongo that differ from Djongo's own."""

from __future__ import annotations

from djongo import features


class DatabaseFeatures(features.DatabaseFeatures):
    # Django uses this only to decide whether TestCase runs each test in a transaction. That needs
    # savepoints, which MongoDB does not have. So the tables are emptied after each test. atomic()
    # does not use it, and rolls back. Djongo sets it too; it is here to say why.
    supports_transactions = False

    # Constraints that the server does not have: Django leaves them out of CREATE TABLE, and checks
    # them in full_clean().
    supports_foreign_keys = False
    supports_table_check_constraints = False
    supports_partial_indexes = False
    supports_expression_indexes = False

    # SQL that Djongo cannot parse.
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
    supports_json_field_contains = False  # it is stored as a string

    # pymongo stores UUIDs only if one of several encodings is chosen; a string needs no choice.
    has_native_uuid_field = False
    can_return_columns_from_insert = True
    can_return_rows_from_bulk_insert = True
    supports_collation_on_charfield = False
    supports_collation_on_textfield = False
    supports_sequence_reset = False
    test_db_allows_multiple_connections = True
