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
    assert "卡脖子问题→title，怎么回事→detail；原样保留 谁家的（100% 有内容），疑为 organisation" in tried.err
    assert "第 2 行：title=密封圈老化；extra=甲公司；detail=三个月就老化" in tried.err
    file = tmp_path / "对应.txt"
    file.write_text("谁家的=单位\n", "utf-8")
    done = matcher(*brought, *mapped, "--map-file", file, "--json").json
    assert (done["created"], done["problems"]) == (1, [])
    assert matcher(*brought, "--json").json["unchanged"] == 1
    [kept] = matcher("import", "profiles", "--json").json
    assert (kept["park"], kept["mapping"]["谁家的"]) == ("p1", "organisation")
    assert "谁家的=organisation" in matcher("import", "profiles").out


def test_a_mapping_that_cannot_be_read_is_an_error(matcher: Matcher, tmp_path: Path) -> None:
    path = tmp_path / "需求.csv"
    path.write_text(ODD, "utf-8")
    matcher("park", "add", "p1", "--name", "一号园")
    brought = ("import", "demands", path, "--park", "p1")
    for wrong in (("--map", "怎么回事"), ("--map", "怎么回事=price"), ("--map-file", tmp_path / "none")):
        ended = matcher(*brought, *wrong)
        assert (ended.code, ended.out) == (2, "")
