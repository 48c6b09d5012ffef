"""The form of a merge: its conflicts row by row and field by field, and what is decided."""

from __future__ import annotations

from itertools import chain, islice
from typing import Any

from django.http import HttpRequest

from bank.pages.client import Answer, call, curl
from versioning.decisions import MOST, choice, chosen, label, place, sent
from versioning.pages.branches import path_of

TRY = "try"  # the button of a dry run
OUTDATED = (
    "The branches have new commits since this page was shown; nothing was changed. Now it shows "
    "them, too: look at them, and decide again."
)
FORWARD = (
    "It was a fast-forward, which makes no commit of its own: the log has the commits of the "
    "branch, and neither a message of the merge nor who merged it."
)
SIDES = ("base", "ours", "theirs")


def decided(request: HttpRequest, path: str, merge: dict[str, Any]) -> dict[str, Any]:
    """Return this merge with what the form says of it, as the body of the API's call."""
    body = {**merge}
    if resolutions := [sent(*each) for each in chosen(request.POST).items()]:
        body["resolutions"] = resolutions
    if message := request.POST.get("message", "").strip():
        body["message"] = message
    into, _, source = request.POST.get("heads", "").partition(":")
    if source:
        body["heads"] = {"into": into, "from": source}
    if take := request.POST.get("rest"):
        body["resolutions"] = resolutions + _rest(request, path, body, take)
    if request.POST.get("action") == TRY:
        body["dry_run"] = True
    return body


def _rest(request: HttpRequest, path: str, body: dict[str, Any], take: str) -> list[dict[str, Any]]:
    """Return resolutions by this side of all conflicts that these leave undecided."""
    dry = call(request, "POST", path, {**body, "dry_run": True})
    left = listed(dry, "conflicts") + listed(dry, "invariants")
    return [
        {**{name: each[name] for name in ("model", "id", "field")}, **_how(each, take)}
        for each in left
    ]


def _how(found: dict[str, Any], take: str) -> dict[str, Any]:
    """Return the decision by this side, but for a stock one that adds up with the orders of both:
    one side's stock does not know what was sold on the other."""
    if "expected" in found:
        return {"value": found["expected"]}
    stocks = [found.get(side) for side in SIDES] if found["field"] == "stock" else []
    summed = stocks and all(isinstance(each, int) for each in stocks)
    return {"take": "sum" if summed else take}


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
    made, merged = chosen(request.POST), f"{heads['into']}:{heads['from']}"
    outdated = request.POST.get("heads", merged) != merged
    kept = {} if outdated else made
    # What only breaks an invariant now that the conflicts are decided is the first.
    found = [listed(answer, "invariants"), listed(dry, "conflicts"), listed(dry, "invariants")]
    places = {place(each): each for each in chain(*found)}
    shown = dict(islice(places.items(), MOST))
    wrong, others = _errors(answer, list(made), set(shown))
    rows = [_row(choice(each), kept.get(at, {}), wrong) for at, each in shown.items()]
    return {
        "dry": dry,
        "rows": rows,
        "count": len(places),
        "rest": "" if outdated else request.POST.get("rest", ""),
        "heads": merged,
        # What does not conflict before something else is decided, as a stock that does not add up.
        "kept": {at: how for at, how in kept.items() if not others and at not in shown},
        "violations": _violations(answer or dry),
        "problem": OUTDATED if outdated else " ".join(dict.fromkeys(others)),
        "merge_curl": curl("POST", request.build_absolute_uri(path), body),
        "message": request.POST.get("message", ""),
    }


def listed(answer: Answer | None, name: str) -> list[dict[str, Any]]:
    """Return what a refused merge lists under this name, such as its conflicts."""
    return answer.document.get(name, []) if answer and not answer.ok else []


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
        at = dict(enumerate(decisions)).get(int(number)) if number.isdecimal() else None
        if at in shown:
            found[at] = detail
        else:
            others.append(detail)
    return found, others


def _violations(answer: Answer) -> list[str]:
    found = listed(answer, "violations")
    shown = [f"{label(each)} would break the rule {each['rule']}" for each in found[:MOST]]
    more = len(found) - len(shown)
    return [*shown, f"{more} more would break a rule"] if more else shown
