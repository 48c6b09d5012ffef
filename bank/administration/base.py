"""The base of the admin's pages: saves the changed fields, if the row is as the page showed it."""

from __future__ import annotations

from copy import copy
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import router, transaction
from django.db.models import Field, Model
from django.forms import Field as FormField
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse

from bank.administration.forms import CurrentForm, CurrentRows, HiddenKeys


class HiddenInitials:
    """Adds to each field of a form a hidden field with the value that the page showed."""

    def formfield_for_dbfield(
        self, db_field: Field, request: HttpRequest, **options: Any
    ) -> FormField | None:
        field = super().formfield_for_dbfield(db_field, request, **options)  # type: ignore[misc]
        if field:
            field.show_hidden_initial = True
            if isinstance(field, ModelMultipleChoiceField):
                field.hidden_widget = HiddenKeys
        return field


def after_commit(name: str) -> Any:
    """Return a method that calls this method of ModelAdmin, which logs a change, after COMMIT.

    At once if the log is in the same database: then both are committed, or neither.
    """

    def log(self: Any, request: HttpRequest, rows: Any, *message: Any) -> None:
        # Copies, because a deleted row has no key.
        rows = copy(rows) if isinstance(rows, Model) else list(map(copy, rows))
        write = partial(getattr(admin.ModelAdmin, name), self, request, rows, *message)
        using = router.db_for_write(self.model)
        if using == router.db_for_write(LogEntry):
            write()
        else:
            transaction.on_commit(write, using=using, robust=True)

    return log


class BankAdmin(HiddenInitials, admin.ModelAdmin):
    """Saves only the fields changed in the form, and only if the row is as the form showed it."""

    log_addition = after_commit("log_addition")
    log_change = after_commit("log_change")
    log_deletions = after_commit("log_deletions")

    form = CurrentForm
    ordering = ["-pk"]  # autocomplete fields need one too: their choices are paginated

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        columns = {field.name for field in obj._meta.concrete_fields}
        obj.save(update_fields=columns.intersection(form.changed_data) if change else None)

    def get_changelist_form(self, request: HttpRequest, **options: Any) -> Any:
        return super().get_changelist_form(request, form=self.form, **options)

    def get_changelist_formset(self, request: HttpRequest, **options: Any) -> Any:
        return super().get_changelist_formset(request, formset=CurrentRows, **options)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show invalid forms beside their own rows, also if rows were added in the meantime."""
        response = super().changelist_view(request, extra_context)
        shown = (getattr(response, "context_data", None) or {}).get("cl")
        if shown and shown.formset and shown.formset.is_bound:
            shown.result_list = [form.instance for form in shown.formset.forms]
        return response
