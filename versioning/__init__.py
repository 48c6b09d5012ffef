"""Version control of the bank's data: Dolt's branches, commits and merges, as Django models.

Installed on dolt and doltlite only. The application `bank` does not know it.
"""
