"""What every page of the admin does: it writes what was changed, over what it showed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Field
from django.forms import Field as FormField
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest, HttpResponse

from bank.administration.forms import CurrentForm, CurrentRows, HiddenKeys


class ShowsWhatItKnew:
    """Gives every field of a form the value it showed, hidden beside it."""

    def formfield_for_dbfield(
        self, db_field: Field, request: HttpRequest, **options: Any
    ) -> FormField | None:
        field = super().formfield_for_dbfield(db_field, request, **options)  # type: ignore[misc]
        if field:
            field.show_hidden_initial = True
            if isinstance(field, ModelMultipleChoiceField):
                field.hidden_widget = HiddenKeys
        return field


class BankAdmin(ShowsWhatItKnew, admin.ModelAdmin):
    """Writes only what was changed in the form, and only over what the form showed."""

    form = CurrentForm
    ordering = ["-pk"]  # of the choices of an autocomplete field too, which come in pages

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
        """Show forms that were refused beside their own rows: there may be new ones by now."""
        response = super().changelist_view(request, extra_context)
        shown = (getattr(response, "context_data", None) or {}).get("cl")
        if shown and shown.formset and shown.formset.is_bound:
            shown.result_list = [form.instance for form in shown.formset.forms]
        return response
