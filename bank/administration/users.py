"""Users and groups: Django's pages, with forms that restore no revoked permission."""

from __future__ import annotations

from django.contrib.auth import admin as auth
from django.contrib.auth.forms import UserChangeForm

from bank.administration.base import BankAdmin
from bank.administration.forms import CurrentForm


class UserForm(CurrentForm, UserChangeForm):
    """Django's form, invalid if the user's permissions or other fields were changed meanwhile."""


class UserAdmin(BankAdmin, auth.UserAdmin):
    """Adds users and changes passwords with Django's own forms, everything else with ours."""

    form = UserForm
    ordering = ["username"]
    readonly_fields = ["last_login", "date_joined"]  # so a login does not make an open form invalid


class GroupAdmin(BankAdmin, auth.GroupAdmin):
    """A group and the permissions of its members."""

    ordering = ["name"]
