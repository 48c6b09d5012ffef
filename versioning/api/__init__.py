"""The REST API of version control, which is added to the bank's."""
