"""Past nights from the command line: what changed, and the ledger as it was."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from matcher.clock import utc_now
from matcher.domain.days import beijing_day
from matcher.ports import Encoder
from tests.cli.conftest import Matcher, run_here

SUPPLY = (
    "成果编号,成果名称,完成单位,成果简介\nA-1,液氢低温阀门,甲所,零下不泄漏\nA-2,焊缝缺陷识别,乙所,视觉检测\n"
)
DEMANDS = "需求编号,需求名称,企业名称,需求详情\nB-1,{},丙公司,低温密封\n"


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> tuple[Path, list[dict[str, Any]]]:
    """Two nights, of which the second found the demand edited; the ledger as it was between them."""
    folder = tmp_path_factory.mktemp("nights")
    data, supply, demands = folder / "var", folder / "supply.csv", folder / "demands.csv"
    supply.write_text(SUPPLY, "utf-8")
    demands.write_text(DEMANDS.format("液氢阀门泄漏检测"), "utf-8")
    run_here(data, "park", "add", "one", "--name", "示例园")
    run_here(data, "import", "achievements", supply)
    run_here(data, "import", "demands", demands, "--park", "one")
    run_here(data, "refresh")
    found: list[dict[str, Any]] = run_here(data, "ledger", "list", "--json").json
    demands.write_text(DEMANDS.format("焊缝缺陷视觉识别"), "utf-8")
    run_here(data, "import", "demands", demands, "--park", "one")
    run_here(data, "refresh")
    return data, found


@pytest.fixture
def entries(
    matcher: Matcher, tmp_path: Path, nights: tuple[Path, list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """A copy of those nights; the ledger as it was between them."""
    data, between = nights
    shutil.copytree(data, tmp_path / "var")
    return between


def test_a_night_is_told_as_a_table_and_as_json(matcher: Matcher, entries: list[dict[str, Any]]) -> None:
    found = matcher("ledger", "diff", "--park", "one", "--json").json
    assert (found["run"]["run_id"], found["since"]["run_id"], found["kept"]) == (2, 1, 0)
    assert [one["causes"] for one in found["changed"]] == [["demand_edited"]] * 2
    shown = matcher("ledger", "diff", "--park", "one")
    assert shown.code == 0
    assert shown.out.count("需求内容修改") == 2
    assert "名次 1 → 2" in shown.out
    assert "新增 0，变化 2，消失 0，未提出而现状变化 0，保持 0" in shown.err
    assert "第 2 次运行" in shown.err


@pytest.mark.parametrize("since", ["1", "2", "2020-01-01", None])
def test_a_difference_is_taken_since_a_run_or_a_day(
    matcher: Matcher, entries: list[dict[str, Any]], since: str | None
) -> None:
    asked = [] if since is None else ["--since", since]
    found = matcher("ledger", "diff", *asked, "--json").json
    counts = (len(found["new"]), len(found["changed"]), found["kept"])
    assert counts == {"2": (0, 0, 2), "2020-01-01": (2, 0, 0)}.get(str(since), (0, 2, 0))


def test_the_ledger_is_listed_as_a_run_or_a_day_left_it(
    matcher: Matcher, entries: list[dict[str, Any]]
) -> None:
    as_was = matcher("ledger", "list", "--as-of", "1", "--json").json
    assert as_was["items"] == entries
    assert (as_was["run"]["run_id"], as_was["run"]["profiles"]) == (1, {})
    today = matcher("ledger", "list", "--as-of", beijing_day(utc_now()), "--json").json
    assert today["items"] == matcher("ledger", "list", "--json").json
    shown = matcher("ledger", "list", "--park", "one", "--as-of", "1")
    assert "液氢阀门泄漏检测" in shown.out
    assert "第 1 次运行" in shown.err
    assert "焊缝缺陷视觉识别" in matcher("ledger", "list", "--park", "one").out


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (["diff", "--since", "gestern"], 2, "since"),
        (["diff", "--since", "99"], 3, "99"),
        (["diff", "--run", "1", "--since", "2"], 2, "since"),
        (["diff", "--park", "nowhere"], 3, "nowhere"),
        (["list", "--as-of", "99"], 3, "99"),
        (["list", "--as-of", "2020-01-01"], 3, "2020-01-01"),
    ],
)
def test_a_run_or_day_without_a_ledger_is_refused(
    matcher: Matcher, entries: list[dict[str, Any]], asked: list[str], code: int, said: str
) -> None:
    ended = matcher("ledger", *asked)
    assert ended.code == code
    assert said in ended.err
    assert not ended.out
