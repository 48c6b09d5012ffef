"""`manage.py dolt remote`, `push`, `fetch`, `pull` and `clone`, for the database's owner."""

from __future__ import annotations

from typing import Any

from django.core.management.base import OutputWrapper

from versioning import remotes
from versioning.commands.differences import conflicts_shown, show
from versioning.models import Remote
from versioning.signatures import MAIN, Signature, of_this_process


def add_to(works: Any) -> None:
    """Add the subcommands to the parser."""
    remote = works.add_parser("remote", help="list the remotes, or add or remove one")
    remote.add_argument("name", nargs="?")
    remote.add_argument("url", nargs="?", help="for example file:///srv/bank")
    remote.add_argument("--remove", action="store_true")
    remote.set_defaults(run=_remote)
    for run, text in (
        (_push, "send the commits of main, or of the branch of --on, to a remote"),
        (_fetch, "get the commits of a remote, but change no branch"),
        (_pull, "merge a remote's branch into main, or into the branch of --on"),
    ):
        work = works.add_parser(run.__name__[1:], help=text)
        work.add_argument("name", nargs="?", default="origin", help="default: %(default)s")
        work.set_defaults(run=run)
    clone = works.add_parser("clone", help="make the database, which does not exist, from a remote")
    clone.add_argument("url")
    clone.set_defaults(run=_clone)


def _remote(out: OutputWrapper, options: dict[str, Any]) -> None:
    remote = Remote(name=options["name"], url=options["url"] or "")
    if not options["name"]:
        for each in Remote.objects.order_by("name"):
            out.write(str(each))
    elif options["remove"]:
        remote.delete()
    else:
        remote.save()


def _push(out: OutputWrapper, options: dict[str, Any]) -> None:
    Remote(name=options["name"]).push(options["on"] or MAIN)


def _fetch(out: OutputWrapper, options: dict[str, Any]) -> None:
    Remote(name=options["name"]).fetch()


def _pull(out: OutputWrapper, options: dict[str, Any]) -> None:
    branch = options["on"] or MAIN
    signature = Signature(f"Pull {branch} from {options['name']}", of_this_process().author)
    with conflicts_shown():
        show(out, remotes.pull(Remote(name=options["name"]), branch, signature))


def _clone(out: OutputWrapper, options: dict[str, Any]) -> None:
    remotes.clone(options["url"])
