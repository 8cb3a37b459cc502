"""Rejected rows over REST: kept with their import, shown masked, sent back mended and taken."""

from io import BytesIO
from typing import Any

import httpx
import pytest
from openpyxl import Workbook

from tests.api.world import World

LIST = (
    "需求名称,企业名称,需求详情,联系人,联系电话\n"
    "密封圈老化,甲公司,三个月就老化,示例吴,13800000031\n"
    ",乙公司,阀门内漏,示例李,13800000032\n"
    "·,丙公司,没有名称,,\n"
)


def bring(client: httpx.Client, content: str, **asked: Any) -> dict[str, Any]:
    files = {"file": ("需求.csv", content.encode())}
    report: dict[str, Any] = client.post(
        "/v1/demands/import", data={"park": "yi", **asked}, files=files
    ).json()
    return report


def mended(client: httpx.Client, number: int, *rows: dict[str, Any], **more: Any) -> httpx.Response:
    params = more.pop("params", {})
    headers = more.pop("headers", {})
    body = {"rows": list(rows), **more}
    return client.post(f"/v1/imports/{number}/rows", json=body, params=params, headers=headers)


@pytest.mark.both_engines
def test_rejected_rows_are_sent_back_with_their_mended_cells_alone(world: World) -> None:
    number = bring(world.yi, LIST)["import_id"]
    path = f"/v1/imports/{number}/rows"
    first, second = world.yi.get(path).json()["items"]
    assert (first["row"], first["problem"]["code"]) == (3, "missing_title")
    assert first["cells"] == {
        "需求名称": "", "企业名称": "乙公司", "需求详情": "阀门内漏", "联系人": "示**",
        "联系电话": "138********",
    }  # fmt: skip
    cells = {**first["cells"], "需求名称": "阀门内漏检测"}
    tried = mended(world.yi, number, {"row_id": first["row_id"], "cells": cells}, params={"dry_run": True})
    assert (tried.json()["created"], tried.json()["import_id"]) == (1, None)
    both = ({"row_id": first["row_id"], "cells": cells}, {"row_id": second["row_id"], "cells": {}})
    done = mended(world.yi, number, *both).json()
    assert (done["created"], done["rejected"], done["left"]) == (1, 1, 1)
    assert [(one["file"], one["row"]) for one in done["problems"] if one["code"] == "missing_title"] == [
        ("需求.csv", 4)
    ]
    [listed] = world.yi.get("/v1/demands", params={"q": "阀门内漏检测"}).json()["items"]
    shown = world.yi.get(f"/v1/demands/{listed['id']}", params={"unmask": True}).json()
    assert shown["contact"] == {"name": "示例李", "phone": "13800000032", "email": ""}
    assert [one["row_id"] for one in world.yi.get(path).json()["items"]] == [second["row_id"]]
    past = {one["import_id"]: one for one in world.yi.get("/v1/imports").json()["items"]}
    assert (past[number]["rejected"], past[done["import_id"]]["rejected"]) == (1, 0)
    assert mended(world.yi, number, both[0]).status_code == 404, "it is taken"
    assert world.yi.post(f"/v1/imports/{done['import_id']}/undo").json()["withdrawn"] == 1


@pytest.mark.parametrize("name", ["需求.xlsx", "需求"])
def test_a_row_of_a_workbook_is_taken_or_stays(world: World, name: str) -> None:
    book = Workbook()
    sheet = book.create_sheet("表一", 0)
    for row in (("需求名称", "企业名称"), ("", "乙公司"), ("", "丙公司"), ("密封圈老化", "甲公司")):
        sheet.append(row)
    stream = BytesIO()
    book.save(stream)
    sent = world.yi.post("/v1/demands/import", data={"park": "yi"}, files={"file": (name, stream.getvalue())})
    number = sent.json()["import_id"]
    path = f"/v1/imports/{number}/rows"
    first, second = (one["row_id"] for one in world.yi.get(path).json()["items"])
    sent_back = ({"row_id": first, "cells": {"需求名称": "阀门内漏"}}, {"row_id": second, "cells": {}})
    done = mended(world.yi, number, *sent_back).json()
    assert (done["created"], done["rejected"], done["left"]) == (1, 1, 1), done["problems"]
    assert [one["row_id"] for one in world.yi.get(path).json()["items"]] == [second]
    placed = [one for one in done["problems"] if one["row"] is not None]
    assert [(one["file"], one["sheet"], one["row"]) for one in placed] == [(name, "表一", 3)]


def test_a_row_that_someone_has_edited_since_is_sent_back_to_win_over_it(world: World) -> None:
    bring(world.yi, LIST)
    [listed] = world.yi.get("/v1/demands", params={"q": "密封圈"}).json()["items"]
    world.yi.patch(f"/v1/demands/{listed['id']}", json={"detail": "改过"})
    kept = bring(world.yi, LIST.replace("三个月", "两个月"))
    assert (kept["created"], kept["rejected"]) == (0, 3)
    rows = world.yi.get(f"/v1/imports/{kept['import_id']}/rows").json()["items"]
    row = next(one for one in rows if one["problem"]["code"] == "conflict")
    assert mended(world.yi, kept["import_id"], {"row_id": row["row_id"]}).json()["rejected"] == 1
    won = mended(world.yi, kept["import_id"], {"row_id": row["row_id"]}, overwrite=True).json()
    assert (won["updated"], won["left"]) == (1, 2)
    assert world.yi.get(f"/v1/demands/{listed['id']}").json()["detail"] == "两个月就老化"


def test_the_same_rejected_rows_again_are_kept_once(world: World) -> None:
    first = bring(world.yi, LIST)
    again, once_more = bring(world.yi, LIST), bring(world.yi, LIST)
    assert (again["unchanged"], again["rejected"]) == (1, 2)
    assert again["import_id"] == once_more["import_id"] == first["import_id"]


def test_rows_of_an_undone_import_are_not_taken_and_a_repeated_request_is_done_once(world: World) -> None:
    number = bring(world.yi, LIST)["import_id"]
    row = world.yi.get(f"/v1/imports/{number}/rows").json()["items"][0]
    sent = {"row_id": row["row_id"], "cells": {"需求名称": "阀门内漏检测"}}
    key = {"Idempotency-Key": "mend-1"}
    first = mended(world.yi, number, sent, headers=key)
    assert mended(world.yi, number, sent, headers=key).json() == first.json()
    world.yi.post(f"/v1/imports/{number}/undo")
    assert mended(world.yi, number, sent).status_code == 409


def test_erasing_a_person_reaches_the_rejected_rows(world: World) -> None:
    number = bring(world.yi, LIST)["import_id"]
    done = world.admin.post("/v1/erasures", json={"name": "示例李", "phone": "13800000032"}).json()
    assert done["rows"]["rejected_row"] == 1
    shown = world.yi.get(f"/v1/imports/{number}/rows", params={"unmask": True}).text
    assert "示例李" not in shown
    assert "13800000032" not in shown


@pytest.mark.both_engines
def test_what_stands_beside_the_table_holds_for_the_rows_that_are_sent_back(world: World) -> None:
    beside = "单位：元,1=实验室阶段；2=小试；3=中试,\n需求名称,期望成熟度,预算\n,3,500000\n·,2,600000\n"
    number = bring(world.yi, beside)["import_id"]
    first, second = world.yi.get(f"/v1/imports/{number}/rows").json()["items"]
    still = mended(world.yi, number, {"row_id": first["row_id"], "cells": {"预算": "700000"}}).json()
    assert (still["created"], still["left"]) == (0, 2)
    names = {first["row_id"]: "检测", second["row_id"]: "堵漏"}
    rows = [{"row_id": row_id, "cells": {"需求名称": name}} for row_id, name in names.items()]
    assert mended(world.yi, number, *rows).json()["created"] == 2
    read = [world.yi.get("/v1/demands", params={"q": name}).json()["items"][0] for name in names.values()]
    assert [demand["budget"]["low"] for demand in read] == [70, 60]
    assert [demand["maturity"]["text"] for demand in read] == ["中试", "小试"]


def test_the_same_rows_under_another_unit_are_kept_anew(world: World) -> None:
    beside = "单位：元,\n需求名称,预算\n,500000\n"
    first = bring(world.yi, beside)["import_id"]
    assert bring(world.yi, beside)["import_id"] == first
    assert bring(world.yi, beside.replace("元", "千元"))["import_id"] != first


def test_rejected_rows_are_their_parks_and_their_imports_alone(world: World) -> None:
    number = bring(world.yi, LIST)["import_id"]
    [row, *_] = world.yi.get(f"/v1/imports/{number}/rows").json()["items"]
    sent = {"row_id": row["row_id"], "cells": {"需求名称": "阀门内漏检测"}}
    for unmask in (False, True):
        refused = world.jia.get(f"/v1/imports/{number}/rows", params={"unmask": unmask})
        assert refused.status_code == 404
        assert "乙公司" not in refused.text
    for dry_run in (True, False):
        assert mended(world.jia, number, sent, params={"dry_run": dry_run}).status_code == 404
    own = bring(world.jia, LIST, park="jia")["import_id"]
    assert mended(world.jia, own, sent).status_code == 404, "a row of another import"
    assert world.yi.get(f"/v1/imports/{number}/rows").json()["items"][0] == row
    assert world.yi.get("/v1/demands", params={"q": "阀门内漏检测"}).json()["items"] == []
    assert world.reader.get(f"/v1/imports/{number}/rows").status_code == 403


def test_rejected_rows_of_the_supply_list_are_the_districts_and_their_sources(world: World) -> None:
    supply = "成果名称,成果简介\n,示例隔膜\n"
    made = {
        source: world.admin.post(
            "/v1/achievements/import", data={"source": source}, files={"file": ("成果.csv", supply.encode())}
        ).json()["import_id"]
        for source in ("示例所", "示例大学")
    }
    paths = {source: f"/v1/imports/{number}/rows" for source, number in made.items()}
    for path in paths.values():
        assert len(world.admin.get(path).json()["items"]) == 1
        assert world.jia.get(path).status_code == 403
    [theirs] = world.admin.get(paths["示例大学"]).json()["items"]
    sent = {"row_id": theirs["row_id"], "cells": {"成果名称": "隔膜"}}
    assert mended(world.admin, made["示例所"], sent).status_code == 404
    assert mended(world.jia, made["示例大学"], sent).status_code == 403
    assert mended(world.admin, made["示例大学"], sent).json()["created"] == 1
    assert len(world.admin.get(paths["示例所"]).json()["items"]) == 1
