"""A command that is typed wrong is answered in both languages, and ends with 2."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Matcher

WRONG = [
    (("nosuch",), "没有命令 nosuch。用法见 matcher --help。"),
    (("db", "frob"), "没有命令 frob。用法见 matcher db --help。"),
    (("refresh", "extra", "more"), "多出参数 extra more。"),
    (("refresh", "--jsn"), "没有选项 --jsn；是否指 --json。"),
    (("refresh", "--frob"), "没有选项 --frob。"),
    (("park", "add"), "缺少参数 CODE。用法见 matcher park add --help。"),
    (("import", "demands", "x.csv"), "缺少选项 --park。"),
    (("import", "demands", "--park"), "选项 --park 之后须有一个值。"),
    (("ledger", "list", "--json=1"), "选项 --json 不带值。"),
    (("ledger", "list", "--demand", "x"), "选项 --demand 的值无效：须为整数。"),
    (("ledger", "list", "--min-score", "x"), "选项 --min-score 的值无效：须为数字。"),
    (("ledger", "list", "--min-score", "3"), "选项 --min-score 的值无效：不得大于 1。"),
    (("import", "rows", "0"), "参数 ID 的值无效：不得小于 1。"),
    (("ledger", "list", "--band", "zz"), "选项 --band 的值无效：没有“zz”；可选 likely、possible、below。"),
    (("ledger", "list", "--stage", "zz"), "选项 --stage 的值无效：没有“zz”；可用：待研判、待对接、"),
    (("listings", "list", "foo"), "没有“foo”；请写 achievements（成果）或 demands（需求）。"),
]


@pytest.mark.parametrize(("typed", "chinese"), WRONG)
def test_a_command_typed_wrong_is_said_in_both_languages(
    matcher: Matcher, typed: tuple[str, ...], chinese: str
) -> None:
    ended = matcher(*typed)
    assert (ended.code, ended.out) == (2, "")
    *usage, said, english = ended.err.splitlines()
    assert said.startswith(f"错误：{chinese}") or chinese in said
    assert english.startswith("error: ")
    assert not re.search("[一-鿿]", english)
    assert all(line.startswith("Usage: matcher") for line in usage)
    assert "Input should" not in said


def test_a_group_without_a_command_shows_its_help_and_nothing_is_an_error(matcher: Matcher) -> None:
    for typed in ((), ("import",)):
        ended = matcher(*typed)
        assert ended.code == 2
        assert "Commands:" in ended.err
        assert "error:" not in ended.err


def test_what_the_system_refuses_is_said_without_english_in_the_chinese(
    matcher: Matcher, tmp_path: Path
) -> None:
    matcher("park", "add", "p1", "--name", "一号园")
    torn = tmp_path / "torn.json"
    torn.write_text('{\n"top_k" 3}', "utf-8")
    for typed, chinese in (
        (("import", "demands", tmp_path / "none.csv", "--park", "p1"), "没有这个文件或文件夹。"),
        (("import", "demands", tmp_path, "--park", "p1"), "这是文件夹，不是文件。"),
        (("park", "profile", "p1", "--set", tmp_path / "none.json"), "没有这个文件或文件夹。"),
        (("park", "profile", "p1", "--set", torn), "（第 2 行第 9 列有误）。"),
        (("import", "template", "demands", "-o", tmp_path / "none" / "x.xlsx"), "没有这个文件或文件夹。"),
        (("ledger", "import", tmp_path / "none.xlsx", "--park", "p1"), "没有这个文件或文件夹。"),
    ):
        said, english = matcher(*typed).err.splitlines()
        assert said.endswith(chinese), said
        assert not re.search("No such|directory|Errno", said)
        assert english.startswith("error: ")


def test_rules_of_unknown_names_or_values_are_said_by_their_names(matcher: Matcher, tmp_path: Path) -> None:
    matcher("park", "add", "p1", "--name", "一号园")
    rules = tmp_path / "rules.json"
    for stated, chinese in (
        ('{"toppp": 3}', "没有名为“toppp”的规则；可用的有：硬性条件（constraints）、"),
        ('{"top_k": "many"}', "条数（top_k）的值 'many' 无效：须为整数。"),
        ('{"regions": ["北京"]}', "地区（regions）是硬性条件，"),
    ):
        rules.write_text(stated, "utf-8")
        ended = matcher("park", "profile", "p1", "--set", rules)
        assert ended.code == 2
        assert chinese in ended.err.splitlines()[0]
