"""`manage.py dolt`: the branches, commits and tags of the bank's data."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from bank.fields import MAX_COUNT
from versioning.commands import differences, exchange
from versioning.errors import VersionError
from versioning.models import Branch, Commit, Status, Tag

SHORT = 8  # characters of a hash


class Command(BaseCommand):
    """Lists, creates, compares and merges branches, commits and tags; pushes and pulls them."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", metavar="BRANCH", help="work on this branch instead of main")
        works = parser.add_subparsers(dest="work", required=True)
        branch = works.add_parser(
            "branch", help="list the branches, or create, rename or delete one"
        )
        branch.add_argument("name", nargs="?")
        branch.add_argument("start", nargs="?", default="", help="a branch, tag or commit")
        branch.add_argument("--rename", metavar="NEW")
        branch.add_argument("--delete", action="store_true")
        branch.add_argument("--force", action="store_true", help="also if its commits are lost")
        commit = works.add_parser("commit", help="commit all changes of all tables")
        commit.add_argument("-m", "--message", required=True)
        commit.add_argument("--author", default="", metavar="'NAME <EMAIL>'")
        log = works.add_parser("log", help="list the latest commits")
        log.add_argument("-n", type=_count, default=10, help="how many (default: %(default)d)")
        works.add_parser("status", help="list the tables with changes that are in no commit")
        tag = works.add_parser("tag", help="list the tags, or create one")
        tag.add_argument("name", nargs="?")
        tag.add_argument("-m", "--message", default="")

        differences.add_to(works)
        exchange.add_to(works)

    def handle(self, *args: Any, work: str, **options: Any) -> None:
        run = options.get("run") or getattr(type(self), f"_{work}")
        try:
            if on := options["on"]:
                Branch(name=on).checkout()
            run(self.stdout if "run" in options else self, options)
        except VersionError as error:
            raise CommandError(str(error)) from error

    def _branch(self, options: dict[str, Any]) -> None:
        branch = Branch(name=options["name"], hash=options["start"])
        if not options["name"]:
            active = Branch.active_branch()
            for each in Branch.objects.order_by("name"):
                self.stdout.write(f"{'*' if each == active else ' '} {each}")
        elif options["delete"]:
            branch.delete(force=options["force"])
        elif options["rename"]:
            branch.rename(options["rename"])
        else:
            branch.save()

    def _commit(self, options: dict[str, Any]) -> None:
        name, _, email = options["author"].partition("<")
        author = {"committer": name.strip(), "email": email.strip(" >")}
        commit = Commit(message=options["message"], **author)
        commit.save()
        self._show(commit)

    def _log(self, options: dict[str, Any]) -> None:
        for commit in Commit.objects.all()[: options["n"]]:
            self._show(commit)

    def _status(self, options: dict[str, Any]) -> None:
        for table in Status.objects.order_by("table_name"):
            self.stdout.write(str(table))

    def _tag(self, options: dict[str, Any]) -> None:
        if options["name"]:
            Tag(tag_name=options["name"], message=options["message"]).save()
            return
        for tag in Tag.objects.order_by("tag_name"):
            self.stdout.write(f"{tag} {tag.tag_hash[:SHORT]}")

    def _show(self, commit: Commit) -> None:
        self.stdout.write(f"{commit.pk[:SHORT]} {commit.committer}: {commit}")


def _count(text: str) -> int:
    if not (text.isdecimal() and len(text) <= 10 and 1 <= int(text) <= MAX_COUNT):
        raise ArgumentTypeError(f"it is a number from 1 to {MAX_COUNT}")
    return int(text)
