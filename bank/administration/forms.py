"""Forms that are refused when what they showed has changed meanwhile, instead of undoing it.

A form carries the values it showed (Django's show_hidden_initial). When it comes back they are
compared with the row as it is then, in the transaction that will write it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField

from bank.errors import OrderError
from bank.models import Key, OrderLine, Product

UNSAID = "The form did not say what it had shown;"
OPEN_AGAIN = "Nothing was saved: open this page again."


class CurrentForm(forms.ModelForm):
    """Refused, naming the field and its present value, if the row is not what the form showed."""

    # Fields that others change all the time: compared only where this form changes them too.
    moving: frozenset[str] = frozenset()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.instance._state.adding:
            for field in [self[name] for name in self._meta.fields or () if name in self.fields]:
                compared = field.name not in self.moving or field.name in self.changed_data
                if compared and changed_meanwhile(field):
                    reason = f"{field.label} was changed meanwhile," if said(field) else UNSAID
                    self.add_error(
                        field.name, f"{reason} it is now {self.present(field)}. {OPEN_AGAIN}"
                    )
        return cleaned

    def present(self, field: BoundField) -> str:
        """What the row holds now, in words."""
        if isinstance(field.initial, list):  # many-to-many
            return ", ".join(map(str, field.initial)) or "empty"
        now = getattr(self.instance, field.name)
        return "empty" if now is None else str(now)


class ProductForm(CurrentForm):
    """Sales go on while a product is corrected."""

    moving = frozenset({"stock"})


class CurrentRows(forms.BaseModelFormSet):
    """The rows of a list, of which those that nobody touched are neither compared nor written."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "empty_permitted": True}

    def clean(self) -> None:
        super().clean()
        if any(form.instance.pk is None for form in self.initial_forms):
            raise ValidationError(
                "Some of these were deleted meanwhile. Nothing was saved: open the list again."
            )


class Lines(forms.BaseInlineFormSet):
    """The lines of an order: all of what it shall have, which must be in stock."""

    def clean(self) -> None:
        super().clean()
        if not (self.has_changed() or any(self.errors)):
            return
        # Read again: those of the queryset hold what was posted by now.
        rows = OrderLine.objects.filter(order=self.instance.pk).select_related("product")
        lines = list(rows) if self.instance.pk else []
        present = Counter((str(line.product_id), str(line.quantity)) for line in lines)
        fields = [(form["product"], form["quantity"]) for form in self.initial_forms]
        if present != Counter((shown(product), shown(quantity)) for product, quantity in fields):
            unsaid = not all(said(field) for line in fields for field in line)
            reason = UNSAID if unsaid else "The lines were changed meanwhile,"
            now = ", ".join(map(str, lines)) or "none"
            raise ValidationError(f"{reason} they are now: {now}. {OPEN_AGAIN}")
        if not any(self.errors):
            held = {line.product_id: line.quantity for line in lines}
            try:
                Product.objects.after_taking(self.quantities(), returned=held)
            except OrderError as error:
                raise ValidationError(str(error)) from error

    def quantities(self) -> dict[Key, int]:
        """How many of each product the order shall have."""
        lines = [form.cleaned_data for form in self.forms if form.cleaned_data]
        return {line["product"].pk: line["quantity"] for line in lines if not line.get("DELETE")}


class HiddenKeys(forms.HiddenInput):
    """What a choice of many showed, in one field, which is there for an empty choice too."""

    def format_value(self, value: Any) -> str:
        return ",".join(map(str, value or []))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [key for key in data.get(name, "").split(",") if key]


def shown(field: BoundField) -> Any:
    """What the page showed in this field; what it posts there, where it does not say."""
    if not said(field):
        return field.data
    hidden = field.field.hidden_widget()
    return hidden.value_from_datadict(field.form.data, field.form.files, field.html_initial_name)


def said(field: BoundField) -> bool:
    """Whether the form says what the page showed in this field."""
    return field.html_initial_name in field.form.data


def changed_meanwhile(field: BoundField) -> bool:
    """Whether the row holds something else now than the page showed."""
    now, seen = field.initial, shown(field)
    if isinstance(now, str):  # forms strip texts, and browsers send line breaks as CR LF
        now, seen = now.strip().replace("\r\n", "\n"), (seen or "").replace("\r\n", "\n")
    return field.field.has_changed(now, seen)
