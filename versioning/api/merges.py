"""/dolt/merge: merge a branch into another, with resolutions of its conflicts."""

# Without postponed annotations: django-ninja reads them through the decorators of a view.

from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import ConfigDict, Field, ValidationError

from bank.api.from_model import Input, Output, from_model
from bank.api.ids import SentId, key_of
from bank.api.problems import Problem, invalid
from bank.api.responses import ZERO, json_response
from bank.api.sentences import sentence
from versioning.api.names import Body, Message, Name
from versioning.errors import Refused, WrongResolution
from versioning.headers import given_message, signature
from versioning.merge import merging
from versioning.merge.conflicts import LINES, Conflict, Resolution
from versioning.rows import MODELS, Model, shown
from versioning.signatures import MAIN

router = Router(tags=["version control"])
SUM: dict[str, Any] = {"model": "product", "id": 1, "field": "stock", "take": "sum"}
HEADS: dict[str, Any] = {
    "into": "tdb2lqg0k2bhmbg3qd2u6bkjp0v3r0b5",
    "from": "n1kv5a6mkh5hktgd9dhk5d8q8fssbiv1",
}
REFUSED = "The branches change the same values, or break a rule; nothing was changed."


def _values(model: Model) -> Any:
    """Return a schema of the values that a resolution may give, except keys of other rows."""
    names = [field.name for field in shown(model) if not field.remote_field]
    return from_model(model, names)(type(f"{model.__name__}Value", (Input,), {}))


VALUES = {model: _values(model) for model in MODELS.values()}


class ResolutionIn(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [SUM]})

    model: Name
    id: SentId
    field: Name | None = Field(None, description="null: the whole row, which one side deleted.")
    take: Literal["ours", "theirs", "sum"] | None = None
    value: Any = Field(None, description="Instead of `take`.")


class HeadsIn(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [HEADS]})

    into: Name
    source: Name = Field(alias="from")


class Decisions(Body):
    message: Message = ""
    dry_run: bool = Field(False, description="Give the same answer, but change nothing.")
    resolutions: list[ResolutionIn] = []
    heads: HeadsIn | None = Field(
        None, description="As the 409 had them: merge only if the branches have no newer commits."
    )

    def decided(self) -> list[Resolution]:
        """Return the resolutions; raise WrongResolution."""
        return [resolution(number, each) for number, each in enumerate(self.resolutions)]

    def seen(self) -> merging.Heads | None:
        """Return the latest commits that the client has seen."""
        return merging.Heads(self.heads.into, self.heads.source) if self.heads else None


class MergeIn(Decisions):
    source: Name = Field(alias="from", description="A branch.")
    into: Name = MAIN


class MergeOut(Output):
    hash: str | None
    fast_forward: bool


@router.post("/merge", response=MergeOut)
def merge(request: HttpRequest, body: MergeIn) -> HttpResponse:
    """A conflict is a 409 with all conflicts, and nothing is changed."""
    message = body.message or given_message(request)
    message = message.strip() or f"Merge branch '{body.source}' into {body.into}"
    signed = signature(request)._replace(message=message)
    options: Any = {"heads": body.seen(), "dry_run": body.dry_run}
    found = merging.merge(body.source, body.into, signed, body.decided(), **options)
    return json_response(found._asdict())


def refused(error: Refused) -> Problem:
    """Return the 409 that lists what has to be decided."""
    return Problem(
        409,
        REFUSED,
        members={
            "conflicts": [_conflict(each) for each in error.conflicts],
            "violations": [
                {**_row(each), "rule": each.rule, "fields": list(each.fields)}
                for each in error.violations
            ],
            "invariants": [
                {**_row(each), "field": each.field, "expected": each.expected, "found": each.found}
                for each in error.invariants
            ],
            "heads": error.heads and {"into": error.heads.into, "from": error.heads.source},
        },
    )


def wrong(error: WrongResolution) -> Problem:
    """Return the 422 that points at a resolution."""
    member = error.member and f"/{error.member}"
    return invalid(f"/resolutions/{error.number}{member}", str(error.args[0]))


def resolution(number: int, sent: ResolutionIn) -> Resolution:
    """Return the resolution that is sent at this place of a list; raise WrongResolution."""

    def refuse(member: str, detail: str) -> WrongResolution:
        return WrongResolution(number, member, detail)

    model = MODELS.get(sent.model)
    if model is None:
        raise refuse("model", f"It is one of {', '.join(MODELS)}.")
    names = [field.name for field in shown(model)] + [LINES] * (model is MODELS["order"])
    if sent.field is not None and sent.field not in names:
        raise refuse("field", f"It is one of {', '.join(names)}.")
    try:
        key = key_of(model, sent.id)
    except ValueError as error:
        raise refuse("id", str(error)) from error
    if (sent.take is None) != ("value" in sent.model_fields_set):
        raise refuse("take", "Give either take or value.")
    given = sent.take is None and sent.field not in (None, LINES)
    try:
        value = _value(model, str(sent.field), sent.value) if given else None
    except ValueError as error:
        raise refuse("value", str(error)) from error
    return Resolution(number, model, key, sent.field, sent.take, value)


def _value(model: Any, name: str, value: Any) -> Any:
    """Return the value as the field has it; raise ValueError."""
    field = model._meta.get_field(name)
    if field.remote_field:
        return key_of(field.remote_field.model, value)
    try:
        schema = VALUES[model]
        checked = schema.__pydantic_validator__.validate_assignment(
            schema.model_construct(), name, value
        )
    except ValidationError as error:
        raise ValueError(sentence(error.errors()[0])) from error
    return getattr(checked, name)


def _row(found: Any) -> dict[str, Any]:
    return {"model": found.model._meta.model_name, "id": found.pk}


def _conflict(found: Conflict) -> dict[str, Any]:
    sides = {side: _shown(found, getattr(found, side)) for side in ("base", "ours", "theirs")}
    return {**_row(found), "field": found.field, **sides}


def _shown(found: Conflict, value: Any) -> Any:
    """Return a side of a conflict as JSON: a value, the lines of an order, or a row."""
    if found.field is None and value is not None:
        fields = {f.name: _text(value[f.attname]) for f in shown(found.model)}
        return fields | ({LINES: _lines(value[LINES])} if LINES in value else {})
    return _lines(value) if found.field == LINES else _text(value)


def _lines(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"id": line["product_id"], "quantity": line["quantity"], "price": _text(line["price"])}
        for line in lines
    ]


def _text(value: Any) -> Any:
    return str(value + ZERO) if isinstance(value, Decimal) else value
