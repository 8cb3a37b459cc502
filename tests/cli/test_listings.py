"""Work on the listings of both lists from the command line."""

from typing import Any

import pytest

from tests.cli.conftest import Matcher


@pytest.fixture
def park(matcher: Matcher) -> Matcher:
    """The command line of an installation with one park."""
    assert matcher("park", "add", "qn", "--name", "氢能园").code == 0
    return matcher


def added(matcher: Matcher, title: str, **fields: str) -> int:
    given: list[Any] = [f"--field={name}={text}" for name, text in {"title": title, **fields}.items()]
    made = matcher("listings", "add", "demands", "--park", "qn", *given, "--json")
    assert made.code == 0, made.err
    number: int = made.json["id"]
    return number


def test_a_listing_is_added_edited_withdrawn_and_restored_in_the_words_of_a_list(park: Matcher) -> None:
    number = added(park, "电堆密封", budget="100-200万元", contact="示例吴 13800005555")
    edited = park(
        "listings", "set", "demands", number, "--field", "maturity=通过中试", "--field", "budget=", "--json"
    ).json
    assert (edited["maturity"]["low"], edited["budget"]["low"]) == (7, None)
    assert edited["contact"] == {"name": "示**", "phone": "138********", "email": ""}
    assert park("listings", "withdraw", "demands", number, "--json").json["changed"] == 1
    assert park("listings", "list", "demands", "--json").json == []
    assert park("listings", "restore", "demands", number).code == 0
    shown = park("listings", "show", "demands", number)
    assert "通过中试" in shown.out
    assert "13800005555" not in shown.out
    past = park("listings", "history", "demands", number, "--json").json
    assert [(one["act"], one["via"]) for one in past] == [
        ("restored", "cli"), ("withdrawn", "cli"), ("edited", "cli"), ("created", "cli"),
    ]  # fmt: skip
    told = park("listings", "history", "demands", number).out
    assert "预算金额：100-200万元 → —" in told


def test_many_are_changed_by_number_or_by_a_filter_of_a_stated_size(park: Matcher) -> None:
    numbers = [added(park, f"除霜需求{n}") for n in range(3)]
    done = park("listings", "set", "demands", *numbers, "--field", "region=大兴", "--json")
    assert done.json["changed"] == 3
    chosen = ("--park", "qn", "--search", "除霜", "--count")
    refused = park("listings", "withdraw", "demands", *chosen, 2)
    assert refused.code == 4
    tried = park("listings", "withdraw", "demands", *chosen, 3, "--dry-run")
    assert (tried.code, "改动 3 条" in tried.err) == (0, True)
    assert park("listings", "withdraw", "demands", *chosen, 3, "--json").json["changed"] == 3


@pytest.mark.parametrize(
    "said",
    [
        ("set", "demands", 1, "--field", "colour=red"),
        ("set", "demands", 1, "--field", "budget=很多"),
        ("set", "demands", 1, "--field", "title="),
        ("set", "demands", 1, 2, "--field", "title=同名"),
        ("set", "demands", 1, "--field", "region"),
        ("add", "demands", "--park", "qn", "--field", "region=大兴"),
        ("withdraw", "demands"),
        ("withdraw", "demands", 1, "--count", 1),
        ("list", "needs"),
    ],
)
def test_what_cannot_be_meant_is_refused(park: Matcher, said: tuple[Any, ...]) -> None:
    number = added(park, "电堆密封")
    refused = park("listings", *said)
    assert refused.code == 2, refused.err
    assert park("listings", "show", "demands", number, "--json").json["version"] == 1
