"""The admin's pages of version control; versioning/admin.py says where they are."""
