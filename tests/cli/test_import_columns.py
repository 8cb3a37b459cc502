"""The columns of a list on the command line: said in a dry run, mapped by an option or a file."""

from pathlib import Path

from tests.cli.conftest import Matcher

ODD = "卡脖子问题,谁家的,怎么回事\n密封圈老化,甲公司,三个月就老化\n"


def test_a_list_with_odd_headings_is_read_once_mapped_and_is_remembered(
    matcher: Matcher, tmp_path: Path
) -> None:
    path = tmp_path / "需求.csv"
    path.write_text(ODD, "utf-8")
    matcher("park", "add", "p1", "--name", "一号园")
    brought = ("import", "demands", path, "--park", "p1")
    refused = matcher(*brought, "--dry-run")
    assert refused.code == 2
    assert '--map "怎么回事=detail"' in refused.err
    mapped = ("--map", "卡脖子问题=title", "--map", "怎么回事=detail")
    tried = matcher(*brought, *mapped, "--dry-run")
    assert tried.code == 0, tried.err
    assert "卡脖子问题→名称，怎么回事→需求详情；原样保留 谁家的（100% 有内容），疑为 单位" in tried.err
    assert "第 2 行：名称=密封圈老化；其他列=甲公司；需求详情=三个月就老化" in tried.err
    file = tmp_path / "对应.txt"
    file.write_text("谁家的=单位\n", "utf-8")
    done = matcher(*brought, *mapped, "--map-file", file, "--json").json
    assert (done["created"], done["problems"]) == (1, [])
    assert matcher(*brought, "--json").json["unchanged"] == 1
    [kept] = matcher("import", "profiles", "--json").json
    assert (kept["park"], kept["mapping"]["谁家的"]) == ("p1", "organisation")
    assert "谁家的=单位" in matcher("import", "profiles").out


def test_a_mapping_that_cannot_be_read_is_an_error(matcher: Matcher, tmp_path: Path) -> None:
    path = tmp_path / "需求.csv"
    path.write_text(ODD, "utf-8")
    matcher("park", "add", "p1", "--name", "一号园")
    brought = ("import", "demands", path, "--park", "p1")
    for wrong in (("--map", "怎么回事"), ("--map", "怎么回事=price"), ("--map-file", tmp_path / "none")):
        ended = matcher(*brought, *wrong)
        assert (ended.code, ended.out) == (2, "")


def test_remembered_mappings_are_listed_of_one_park(matcher: Matcher, tmp_path: Path) -> None:
    path = tmp_path / "清单.csv"
    path.write_text(ODD, "utf-8")
    for code in ("p1", "p2"):
        matcher("park", "add", code, "--name", code)
        taken = matcher("import", "demands", path, "--park", code, "--map", "卡脖子问题=title")
        assert taken.code == 0, taken.err
    matcher("import", "achievements", path, "--source", "某所", "--map", "卡脖子问题=title")
    everybody = matcher("import", "profiles", "--json").json
    assert {(held["park"], held["source"]) for held in everybody} == {("p1", ""), ("p2", ""), (None, "某所")}
    assert [held["park"] for held in matcher("import", "profiles", "--park", "p2", "--json").json] == ["p2"]
    assert "p1" not in matcher("import", "profiles", "--park", "p2").out
    assert matcher("import", "profiles", "--park", "none").code == 3


def test_a_field_that_is_none_is_refused_with_labels_to_choose_from(matcher: Matcher, tmp_path: Path) -> None:
    path = tmp_path / "需求.csv"
    path.write_text(ODD, "utf-8")
    matcher("park", "add", "p1", "--name", "一号园")
    refused = matcher("import", "demands", path, "--park", "p1", "--map", "怎么回事=price")
    chinese, english = refused.err.splitlines()
    assert {"编号", "名称", "单位", "保留", "忽略"} <= {
        *chinese.rpartition("可选：")[2].strip("。").split("、")
    }
    assert "organisation" not in chinese
    assert "code, title, " in english
