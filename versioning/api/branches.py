"""/dolt/branches: the branches, and how far each is from main."""

# Without postponed annotations: django-ninja reads them through the decorators of a view.

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import Field

from bank.api.paging import Limit, next_page
from bank.api.responses import json_response
from versioning.ancestry import distances
from versioning.api.names import Body, Name, NewName
from versioning.models import Branch
from versioning.revisions import hash_of
from versioning.signatures import MAIN

router = Router(tags=["version control"])


class BranchIn(Body):
    name: NewName
    origin: Name = Field(MAIN, alias="from", description="A branch, a tag or a commit.")


class NameIn(Body):
    name: NewName


@router.get("/branches", response=list[dict[str, Any]])
def list_branches(request: HttpRequest, limit: Limit = 100, after: str = "") -> HttpResponse:
    """Each branch with the number of commits that only it has (ahead), and only main (behind)."""
    found = list(Branch.objects.filter(name__gt=after).order_by("name")[: limit + 1])
    response = json_response(_documents(found[:limit]))
    if len(found) > limit:
        response["Link"] = next_page(request, limit=limit, after=found[limit - 1].name)
    return response


@router.post("/branches", response=dict[str, Any])
def create_branch(request: HttpRequest, branch: BranchIn) -> HttpResponse:
    """Where there are no branches, begin here: the other examples are of this one's branch."""
    new = Branch(name=branch.name, hash=hash_of(branch.origin))
    new.save()
    return json_response(_documents([new])[0])


@router.get("/branches/{path:name}", response=dict[str, Any])
def get_branch(request: HttpRequest, name: str) -> HttpResponse:
    """A branch, its latest commit, and how far it is ahead of main and behind it."""
    return json_response(_documents([Branch.named(name)])[0])


@router.patch("/branches/{path:name}", response=dict[str, Any])
def rename_branch(request: HttpRequest, name: str, wanted: NameIn) -> HttpResponse:
    """Gives the branch another name, which its open change requests follow."""
    branch = Branch.named(name)
    branch.rename(wanted.name)
    return json_response(_documents([branch])[0])


@router.delete("/branches/{path:name}", response={204: None})
def delete_branch(request: HttpRequest, name: str, force: bool = False) -> HttpResponse:
    """Refused with 409 while the branch has commits that are nowhere else, unless ?force=1."""
    Branch.named(name).delete(force=force)
    return HttpResponse(status=204)


def _documents(branches: Any) -> list[dict[str, Any]]:
    found = list(branches)
    counts = distances([branch.hash for branch in found])
    return [
        {"name": branch.name, "hash": branch.hash, "ahead": ahead, "behind": behind}
        for branch, (ahead, behind) in zip(found, counts, strict=True)
    ]
