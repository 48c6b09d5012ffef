"""The form of a merge: its conflicts row by row and field by field, and what is decided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest

from bank.pages.client import Answer, call, curl
from versioning.decisions import choice, chosen, label, sent
from versioning.pages.branches import path_of

TRY = "try"  # the button of a dry run
OUTDATED = (
    "The branches have new commits since this page was shown; nothing was changed. Now it shows "
    "them, too: look at them, and decide again."
)
SIDES = ("base", "ours", "theirs")


def decided(request: HttpRequest) -> dict[str, Any]:
    """Return what the form says of a merge, as a part of the API's body."""
    body: dict[str, Any] = {}
    if resolutions := [sent(*each) for each in chosen(request.POST).items()]:
        body["resolutions"] = resolutions
    if message := request.POST.get("message", "").strip():
        body["message"] = message
    into, _, source = request.POST.get("heads", "").partition(":")
    if source:
        body["heads"] = {"into": into, "from": source}
    if request.POST.get("action") == TRY:
        body["dry_run"] = True
    return body


def heads_of(request: HttpRequest, into: str, source: str) -> dict[str, str]:
    """Return the latest commits of both branches, that of the source being known."""
    found = call(request, "GET", path_of(into))
    return {"into": found.document.get("hash", ""), "from": source}


def form(
    request: HttpRequest,
    path: str,
    merge: dict[str, Any],
    heads: dict[str, str],
    answer: Answer | None,
) -> dict[str, Any]:
    """Return the context of the form: what conflicts now, and what was decided of just that.

    It merges what it shows: these heads of the branches, of which the dry run is, too.
    """
    body = {**merge, "heads": heads}
    dry = call(request, "POST", path, {**body, "dry_run": True})
    made, shown = chosen(request.POST), f"{heads['into']}:{heads['from']}"
    outdated = request.POST.get("heads", shown) != shown
    kept = {} if outdated else made
    places = {each["place"]: each for each in [*_undecided(dry), *_undecided(answer)]}
    wrong, others = _errors(answer, list(made), set(places))
    rows = [_row(each, kept.get(place, {}), wrong) for place, each in places.items()]
    return {
        "dry": dry,
        "rows": rows,
        "heads": shown,
        # What does not conflict before something else is decided, as a stock that does not add up.
        "kept": {place: how for place, how in kept.items() if not others and place not in places},
        "violations": _violations(answer or dry),
        "problem": OUTDATED if outdated else " ".join(others),
        "merge_curl": curl("POST", request.build_absolute_uri(path), body),
        "message": request.POST.get("message", ""),
    }


def _undecided(answer: Answer | None) -> Iterator[dict[str, Any]]:
    if answer and not answer.ok:
        for name in ("conflicts", "invariants"):
            yield from map(choice, answer.document.get(name, ()))


def _row(found: dict[str, Any], how: dict[str, str], wrong: dict[str, str]) -> dict[str, Any]:
    whole = found["field"] is None
    sides = {side: words(found[side], whole=whole) for side in SIDES if side in found}
    name = label({**found, "field": None})
    return {**found, **sides, **how, "row": name, "wrong": wrong.get(found["place"], "")}


def words(value: Any, *, whole: bool = False) -> str:
    """Return a side of a conflict in words: a value, a row, or the lines of an order."""
    if value is None:
        return "no such row" if whole else "empty"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {words(each)}" for name, each in value.items())
    if isinstance(value, list):
        lines = [f"{e['quantity']} × product {e['id']} at {e['price']}" for e in value]
        return ", ".join(lines) or "nothing"
    return str(value)


def _errors(
    answer: Answer | None, decisions: list[str], shown: set[str]
) -> tuple[dict[str, str], list[str]]:
    """Return what the API says of resolutions, by the places that are shown; and all else."""
    found, others = {}, []
    for pointer, detail in (answer.errors if answer else {}).items():
        number = pointer.removeprefix("resolutions/").partition("/")[0]
        place = decisions[int(number)] if number.isdecimal() else ""
        if place in shown:
            found[place] = detail
        else:
            others.append(detail)
    return found, others


def _violations(answer: Answer) -> list[str]:
    if answer.ok:
        return []
    found = answer.document.get("violations", ())
    return [f"{label(each)} would break the rule {each['rule']}" for each in found]
