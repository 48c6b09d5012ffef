"""Django's admin, with the bank's site in place of the default one."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class Admin(AdminConfig):
    default = False
    default_site = "bank.administration.site.BankSite"
