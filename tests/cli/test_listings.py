"""Work on the listings of both lists from the command line."""

from pathlib import Path
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


def test_listings_are_listed_and_changed_by_what_their_fields_say(park: Matcher) -> None:
    first, second = (added(park, f"除霜需求{n}") for n in range(2))
    park("listings", "set", "demands", first, "--field", "region=大兴", "--field", "industry=氢能")
    chosen = ("--where", "region=大兴", "--where", "industry=氢能")
    for where, meant in ((chosen, first), (("--where", "region="), second)):
        assert [one["id"] for one in park("listings", "list", "demands", *where, "--json").json] == [meant]
    done = park("listings", "withdraw", "demands", *chosen, "--count", 1, "--json")
    assert [one["id"] for one in done.json["items"]] == [first]
    for said in ("source=示例所", "contact=张三", "region"):
        assert park("listings", "list", "demands", "--where", said).code == 2


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
        ("withdraw", "demands", 1, "--where", "region=大兴"),
        ("list", "needs"),
    ],
)
def test_what_cannot_be_meant_is_refused(park: Matcher, said: tuple[Any, ...]) -> None:
    number = added(park, "电堆密封")
    refused = park("listings", *said)
    assert refused.code == 2, refused.err
    assert park("listings", "show", "demands", number, "--json").json["version"] == 1


def test_rejected_rows_are_mended_and_an_undo_that_is_refused_says_why(park: Matcher, tmp_path: Path) -> None:
    file = tmp_path / "需求.csv"
    file.write_text("需求编号,需求名称,需求详情\nXQ-1,密封圈,老化\n,,没有名称\n", "utf-8")
    number = park("import", "demands", file, "--park", "qn", "--json").json["import_id"]
    [row] = park("import", "rows", number, "--json").json
    assert "没有名称" in park("import", "rows", number).out
    assert park("import", "mend", number, row["row_id"], "需求名称").code == 2
    assert park("import", "mend", number, row["row_id"]).code == 2
    done = park("import", "mend", number, row["row_id"], "需求名称=阀门内漏", "--json")
    assert (done.code, done.json["created"], done.json["left"]) == (0, 1, 0)
    [first, second] = park("listings", "list", "demands", "--json").json
    park("listings", "set", "demands", first["id"], "--field", "region=大兴")
    refused = park("import", "undo", number)
    assert refused.code == 4
    assert "[保留] XQ-1“密封圈”：local" in refused.err
    assert park("listings", "merge", "demands", second["id"], first["id"]).code == 0
    assert park("listings", "show", "demands", first["id"], "--json").json["replaced_by"] == second["id"]


def test_a_list_is_written_out_under_its_own_columns(park: Matcher, tmp_path: Path) -> None:
    file, out = tmp_path / "需求.csv", tmp_path / "导出.csv"
    file.write_text("需求编号,需求名称,批次\nXQ-1,密封圈,第一批\n", "utf-8")
    park("import", "demands", file, "--park", "qn")
    assert park("listings", "export", "demands", "--park", "qn", "-o", out).code == 0
    assert out.read_text("utf-8-sig").splitlines()[0] == '"需求编号","需求名称","批次","企业名称"'
    assert park("import", "demands", out, "--park", "qn", "--json").json["unchanged"] == 1
    assert park("listings", "export", "demands", "--park", "qn", "-o", tmp_path / "x.pdf").code == 2
