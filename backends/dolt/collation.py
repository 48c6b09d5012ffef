"""The collation with which Dolt compares strings as MySQL does."""

# With Dolt's default, even `icontains`, which is a plain LIKE on MySQL, is case-sensitive:
# https://github.com/dolthub/dolt/issues/7856
COLLATION = "utf8mb4_0900_ai_ci"
