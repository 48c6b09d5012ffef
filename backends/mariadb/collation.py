"""The collations: texts compare by their code points, as on PostgreSQL, except in icontains etc.

MariaDB's own collations ignore case and accents in `=` and UNIQUE too; some make all emoji equal
(general_ci), others a control character equal to nothing at all (uca1400, unicode):
https://mariadb.com/docs/server/reference/data-types/string-data-types/character-sets
"""

COLLATION = "utf8mb4_nopad_bin"  # nopad: "Carl" is not "Carl "
CASELESS = "utf8mb4_uca1400_as_ci"  # of lookups that ignore case: icontains, iexact, …
