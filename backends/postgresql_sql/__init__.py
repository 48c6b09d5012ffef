"""PostgreSQL with the schema in SQL files (schema/), used by a role that owns nothing."""
