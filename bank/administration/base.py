"""The base of the admin's pages: saves the changed fields, if the row is as the page showed it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Field
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


class BankAdmin(HiddenInitials, admin.ModelAdmin):
    """Saves only the fields changed in the form, and only if the row is as the form showed it."""

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
