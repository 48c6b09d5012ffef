"""The story of DoltHub's article: two branches change one row, and it is merged cell by cell.

https://www.dolthub.com/blog/2021-08-27-django-dolt-part-two/
"""

from __future__ import annotations

import pytest

from tests.orm.models import Person
from versioning.models import Branch, Commit

pytestmark = pytest.mark.usefixtures("by_hand")


def test_two_branches_change_a_persons_two_names_and_both_changes_are_merged(main: Branch) -> None:
    Person(first_name="Andy", last_name="Arxthur").save()
    Commit(message="added Andy").save()

    Branch(name="other-branch").save()
    Branch.objects.get(name="other-branch").checkout()
    Person(first_name="Zach", last_name="Musgrave").save()
    Person.objects.filter(first_name="Andy").update(last_name="Arthur")
    Commit(message="added Zach, corrected Andy's last name").save()

    main.checkout()
    assert list(map(str, Person.objects.all())) == ["Andy Arxthur"]
    Person(first_name="Daylon", last_name="Wilkins").save()
    Person.objects.filter(first_name="Andy").update(first_name="Andrew")
    Commit(message="added Daylon, changed Andy's first name").save()

    Branch.objects.get(name="other-branch").merge()

    assert {str(person) for person in Person.objects.all()} == {
        "Andrew Arthur",
        "Zach Musgrave",
        "Daylon Wilkins",
    }
    assert Branch.active_branch().name == "main"
    assert {"added Andy", "added Daylon, changed Andy's first name"} <= {
        commit.message for commit in Commit.objects.all()
    }
