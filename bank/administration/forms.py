"""Forms that are invalid if the row was changed after they were shown, so they undo no change.

A form contains the values it showed (Django's show_hidden_initial). When it is posted, they are
compared with the current row, in the same transaction that saves the form.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from bank.errors import OrderError
from bank.models import Key, OrderLine, Product

NO_INITIAL = "The form does not contain the value that it showed;"
OPEN_AGAIN = "Nothing was saved: open this page again."


class CurrentForm(forms.ModelForm):
    """Is invalid if the row has changed since it was shown; the error has the current value."""

    # Fields that change often: compared only if this form changes them too.
    volatile: frozenset[str] = frozenset()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.instance._state.adding:
            for field in [self[name] for name in self._meta.fields or () if name in self.fields]:
                compared = field.name not in self.volatile or field.name in self.changed_data
                if compared and changed_meanwhile(field):
                    self.add_error(field.name, self.outdated(field))
        return cleaned

    def outdated(self, field: BoundField) -> str:
        """Return the error for a field whose row changed, with the current value."""
        known = has_initial(field)
        reason = f"{field.label} was changed meanwhile," if known else NO_INITIAL
        return f"{reason} it is now {self.present(field)}. {OPEN_AGAIN}"

    def present(self, field: BoundField) -> str:
        """Return the current value of the row's field as text."""
        if isinstance(field.initial, list):  # many-to-many
            return ", ".join(map(str, field.initial)) or "empty"
        now = getattr(self.instance, field.name)
        return "empty" if now is None else str(now)


class ProductForm(CurrentForm):
    """The stock may change while the form is open: orders change it."""

    volatile = frozenset({"stock"})


class CurrentRows(forms.BaseModelFormSet):
    """The editable rows of a list; rows that were not changed are neither compared nor saved."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "empty_permitted": True}

    def clean(self) -> None:
        super().clean()
        if any(form.instance.pk is None for form in self.initial_forms):
            raise ValidationError(
                "Some of these were deleted meanwhile. Nothing was saved: open the list again."
            )


class Lines(forms.BaseInlineFormSet):
    """The lines of an order. Invalid if they changed in the meantime, or are not in stock."""

    def clean(self) -> None:
        super().clean()
        if not (self.has_changed() or any(self.errors)):
            return
        # Read again: the queryset's instances already have the posted values.
        rows = OrderLine.objects.filter(order=self.instance.pk).select_related("product")
        lines = list(rows) if self.instance.pk else []
        present = Counter((str(line.product_id), str(line.quantity)) for line in lines)
        fields = [(form["product"], form["quantity"]) for form in self.initial_forms]
        if present != Counter((shown(product), shown(quantity)) for product, quantity in fields):
            known = all(has_initial(field) for line in fields for field in line)
            reason = "The lines were changed meanwhile," if known else NO_INITIAL
            now = ", ".join(map(str, lines)) or "none"
            raise ValidationError(f"{reason} they are now: {now}. {OPEN_AGAIN}")
        if not any(self.errors):
            held = {line.product_id: line.quantity for line in lines}
            try:
                Product.objects.after_taking(self.quantities(), returned=held)
            except OrderError as error:
                raise ValidationError(str(error)) from error

    def quantities(self) -> dict[Key, int]:
        """Return the posted quantity of each product."""
        lines = [form.cleaned_data for form in self.forms if form.cleaned_data]
        return {line["product"].pk: line["quantity"] for line in lines if not line.get("DELETE")}


class HiddenKeys(forms.HiddenInput):
    """One hidden field with all keys of a multiple choice; it exists also if there are none."""

    def format_value(self, value: Any) -> str:
        return ",".join(map(str, value or []))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [key for key in data.get(name, "").split(",") if key]


def shown(field: BoundField) -> Any:
    """Return the value that the page showed in this field; the posted one if it is not known."""
    if not has_initial(field):
        return field.data
    hidden = field.field.hidden_widget()
    return hidden.value_from_datadict(field.form.data, field.form.files, field.html_initial_name)


def has_initial(field: BoundField) -> bool:
    """Return whether the form contains the value that the page showed in this field."""
    return field.html_initial_name in field.form.data


def changed_meanwhile(field: BoundField) -> bool:
    """Return whether the row's value is another than the page showed."""
    now, seen = field.initial, shown(field)
    if isinstance(now, str):  # forms strip strings, and browsers send line breaks as CR LF
        now, seen = now.strip().replace("\r\n", "\n"), (seen or "").replace("\r\n", "\n")
    return field.field.has_changed(now, seen)
