"""Lists out under their own columns, and in again: nothing changed, no contact lost."""

import csv
from io import BytesIO, StringIO
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from matcher.store.tables import AuditRow
from tests.api.world import World

ODD = (
    "序号,卡脖子问题,谁家的,怎么回事,联系人及电话,拟投入（元）,批次\n"
    "1,密封圈老化,甲公司,三个月就老化,示例吴 13800000031,3500000,第一批\n"
    "2,阀门内漏,乙公司,=1+1,,面议,第一批\n"
)
MAP = ["卡脖子问题=title", "谁家的=organisation", "怎么回事=detail"]


def bring(world: World, content: bytes, name: str = "需求.csv", **asked: Any) -> dict[str, Any]:
    sent = world.yi.post("/v1/demands/import", data={"park": "yi", **asked}, files={"file": (name, content)})
    assert sent.status_code == 200, sent.text
    report: dict[str, Any] = sent.json()
    return report


def export(client: httpx.Client, **asked: Any) -> bytes:
    sent = client.get("/v1/demands/export", params={"park": "yi", **asked})
    assert sent.status_code == 200, sent.text
    return sent.content


def emptied(world: World) -> None:
    """The park without the demands it has from the start."""
    for number in world.demands["yi"]:
        world.yi.post(f"/v1/demands/{number}/withdraw")


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"))))


def test_a_list_comes_out_under_the_headings_it_came_in_with(world: World) -> None:
    emptied(world)
    bring(world, ODD.encode(), map=MAP)
    sheet = load_workbook(BytesIO(export(world.yi, unmask=True))).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows == [
        ["序号", "卡脖子问题", "谁家的", "怎么回事", "联系人及电话", "拟投入（元）", "批次"],
        ["1", "密封圈老化", "甲公司", "三个月就老化", "示例吴 13800000031", "3500000（元）", "第一批"],
        ["2", "阀门内漏", "乙公司", "=1+1", None, "面议", "第一批"],
    ]
    with world.server.service.database.reading() as session:
        [record] = session.scalars(select(AuditRow).where(AuditRow.act == "unmask_list")).all()
    assert (record.subject, record.park_id) == ("demand:export:xlsx", 2)


@pytest.mark.both_engines
@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_masked_export_comes_in_again_as_no_change(world: World, form: str) -> None:
    emptied(world)
    bring(world, ODD.encode(), map=MAP)
    content = export(world.yi, format=form)
    again = bring(world, content, f"清单.{form}", full="true")
    assert (again["unchanged"], again["rows"], again["withdrawn"]) == (2, 2, 0), again["problems"]
    [listed, _] = world.yi.get("/v1/demands").json()["items"]
    shown = world.yi.get(f"/v1/demands/{listed['id']}", params={"unmask": True}).json()
    assert shown["contact"]["phone"] == "13800000031"


OFFICES = (
    "需求名称,企业名称,联系人及电话\n密封圈老化,甲公司,示例吴 13800000031；示例郑 010-55500001\n",
    "需求名称,企业名称,联系人,联系电话\n阀门内漏,乙公司,示例李、示例孙,13800000032/13800000033\n",
    "需求名称,企业名称,联系方式\n轴承磨损,丙公司,示例钱13800000034 示例赵13800000035\n",
    "需求名称,企业名称,姓名,手机,备用联系人\n管路堵塞,丁公司,示例周,13800000036,示例王 13800000037\n",
)


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (3, 1, 0, 2), (1, 3, 2, 0)], ids=str)
def test_lists_under_different_headings_come_in_again_masked_as_no_change(
    world: World, order: tuple[int, ...]
) -> None:
    emptied(world)
    for place in order:
        bring(world, OFFICES[place].encode())
    held = [one["id"] for one in world.yi.get("/v1/demands").json()["items"]]

    def contacts() -> list[Any]:
        shown = [world.yi.get(f"/v1/demands/{number}", params={"unmask": True}).json() for number in held]
        return [(one["contact"], one["extra"], one["version"]) for one in shown]

    before = contacts()
    again = bring(world, export(world.yi, format="csv"), "清单.csv")
    assert contacts() == before, again
    assert again["unchanged"] == 4


def test_a_mended_cell_of_a_masked_export_changes_that_field_alone(world: World) -> None:
    emptied(world)
    bring(world, ODD.encode(), map=MAP)
    content = export(world.yi, format="csv").replace("三个月就老化".encode(), "两个月就老化".encode())
    assert "示例吴".encode() not in content
    assert bring(world, content)["updated"] == 1
    [listed, _] = world.yi.get("/v1/demands").json()["items"]
    [newest, *_] = world.yi.get(f"/v1/demands/{listed['id']}/revisions").json()["items"]
    assert [change["field"] for change in newest["changes"]] == ["detail"]


def test_what_the_list_has_no_column_for_gets_a_column_by_which_it_is_known(world: World) -> None:
    emptied(world)
    bring(world, ODD.encode(), map=MAP)
    [listed, _] = world.yi.get("/v1/demands").json()["items"]
    more = {"valid_until": "2028-06-30", "maturity": {"low": 5, "high": 6}, "budget": {"low": 5, "high": 9}}
    world.yi.patch(f"/v1/demands/{listed['id']}", json=more)
    content = export(world.yi, format="csv")
    headings, first, _ = csv_rows(content)
    assert headings == [
        "序号", "需求名称", "企业名称", "需求详情", "联系人及电话", "拟投入（元）", "批次", "成果所处阶段",
        "有效期",
    ]  # fmt: skip
    assert first[5:] == ["5万元-9万元", "第一批", "TRL 5-6", "2028-06-30"]
    again = bring(world, content)
    assert (again["unchanged"], again["rejected"]) == (2, 0), again["problems"]


def test_the_supply_list_is_exported_whole_or_of_one_source(world: World) -> None:
    made = {"title": "密封材料", "source": "示例所", "extra": {"备注": "可面谈"}, "inventors": "示例钱"}
    world.admin.post("/v1/achievements", json=made)
    whole = world.admin.get("/v1/achievements/export", params={"format": "csv"})
    of_source = world.admin.get("/v1/achievements/export", params={"format": "csv", "source": "示例所"})
    assert len(csv_rows(whole.content)) == 1 + len(world.achievements) + 1
    assert csv_rows(of_source.content) == [
        ["成果名称", "完成单位", "完成人", "备注"], ["密封材料", "", "示例钱", "可面谈"],
    ]  # fmt: skip
