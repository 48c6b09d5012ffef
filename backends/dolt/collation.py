"""The collation that makes texts compare on Dolt as they do on MySQL."""

# Dolt's own default tells "Carl" from "carl" even in `icontains`, which on MySQL is a plain LIKE:
# https://github.com/dolthub/dolt/issues/7856
COLLATION = "utf8mb4_0900_ai_ci"
