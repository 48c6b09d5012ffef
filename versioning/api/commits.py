"""/dolt/commits and /dolt/tags: the log of a branch, and names for commits."""

# Without postponed annotations: django-ninja reads them through the decorators of a view.

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from bank.api.paging import next_page
from bank.api.responses import json_response
from versioning.api.names import Body, Message, Name, NewName
from versioning.models import Commit, Tag
from versioning.revisions import hash_of
from versioning.signatures import MAIN

router = Router(tags=["version control"])
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many; Link names the next.")]
Skip = Annotated[int, Query(ge=0, le=10**9, description="So many newer ones are left out.")]


class TagIn(Body):
    name: NewName
    revision: Name = "HEAD"
    message: Message = ""


@router.get("/commits", response=list[dict[str, Any]])
def list_commits(
    request: HttpRequest, branch: str = MAIN, limit: Limit = 100, skip: Skip = 0
) -> HttpResponse:
    """The commits of a branch, a tag or a commit, newest first.

    Link names a commit, so that the next page goes on where this one ends.
    """
    head = hash_of(branch)
    commits = Commit.log(head, limit + 1, skip)
    parents = Commit.parents([commit.pk for commit in commits[:limit]])
    response = json_response([commit_document(c, parents[c.pk]) for c in commits[:limit]])
    if len(commits) > limit:
        response["Link"] = next_page(request, branch=head, limit=limit, skip=skip + limit)
    return response


@router.get("/tags", response=list[dict[str, Any]])
def list_tags(request: HttpRequest) -> HttpResponse:
    """The tags, in the order of their names."""
    return json_response([_tag(tag) for tag in Tag.objects.order_by("tag_name")])


@router.post("/tags", response=dict[str, Any])
def create_tag(request: HttpRequest, tag: TagIn) -> HttpResponse:
    """Names a commit, such as the one before a change of prices."""
    new = Tag(tag_name=tag.name, tag_hash=tag.revision, message=tag.message)
    new.save()
    return json_response(_tag(new))


@router.delete("/tags/{path:name}", response={204: None})
def delete_tag(request: HttpRequest, name: str) -> HttpResponse:
    """Deletes the name; the commit stays."""
    Tag(tag_name=name).delete()
    return HttpResponse(status=204)


def commit_document(commit: Commit, parents: list[str] | None = None) -> dict[str, Any]:
    """Return the document of a commit, with its parents if they are given."""
    document = {
        "hash": commit.pk,
        "parents": parents,
        "author": commit.committer,
        "date": commit.date,
        "message": commit.message,
    }
    return {name: value for name, value in document.items() if value is not None}


def _tag(tag: Tag) -> dict[str, Any]:
    return {"name": tag.pk, "hash": tag.tag_hash, "message": tag.message, "date": tag.date}
