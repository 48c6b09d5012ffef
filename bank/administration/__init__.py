"""The admin's site, forms and logins; bank/admin.py says what is shown in it."""
