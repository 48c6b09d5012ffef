"""Users and groups: Django's pages, with forms that give no revoked right back."""

from __future__ import annotations

from django.contrib.auth import admin as auth
from django.contrib.auth.forms import UserChangeForm

from bank.administration.base import BankAdmin
from bank.administration.forms import CurrentForm


class UserForm(CurrentForm, UserChangeForm):
    """Django's, refused if the rights or anything else were changed meanwhile."""


class UserAdmin(BankAdmin, auth.UserAdmin):
    """Adds users and changes passwords in Django's own forms; the rest in ours."""

    form = UserForm
    ordering = ["username"]
    readonly_fields = ["last_login", "date_joined"]  # a login outdates no form


class GroupAdmin(BankAdmin, auth.GroupAdmin):
    """A group and what its members may do."""

    ordering = ["name"]
