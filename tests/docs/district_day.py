"""A day and a half of an invented district, in which every operation of the service is asked for."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

import httpx
from openpyxl import load_workbook

from matcher.api.bodies import ACHIEVEMENT, DEMAND
from matcher.domain.access import Role
from matcher.domain.days import beijing_day
from matcher.files.ledger_workbook import HEADER_ROW
from tests.api.world import SUPPLY, Server, entries
from tests.files.given import saved

Wait = Callable[..., None]

PARK = "hydrogen"
PORTAL = "https://portal.example.cn"
UNIT = str(SUPPLY[0]["organisation"])
PARKS = (
    {"code": PARK, "name": "氢能与未来能源示例园", "industry": "氢能与未来能源"},
    {"code": "biopharm", "name": "生物医药示例园", "industry": "生物医药"},
)
ELECTRODES = {
    "park": PARK,
    "title": "电解水膜电极批量涂布",
    "code": "XQ-QN-003",
    "organisation": "示例燃电科技公司",
    "detail": "需要低铂载量的膜电极，用于电解水制氢，并能批量涂布。",
}
DEMAND_LIST = (
    "需求编号,需求名称,企业名称,需求详情\n"
    "XQ-QN-011,储氢瓶阀密封件,示例储运装备公司,高压氢气下密封件寿命短\n"
    "XQ-QN-012,,示例储运装备公司,没有名称的一行\n"
    "合计,共2项,,\n"
)
ODD_LIST = "卡脖子问题,谁家的,怎么回事\n瓶口螺纹渗漏,示例储运装备公司,温度循环后螺纹处渗漏\n"
ACHIEVEMENT_LIST = "成果名称,成果编号,完成单位\n储氢瓶阀用密封材料,CG-2026-031,示例密封材料研究所\n"


@dataclass
class District:
    """The service, those who work with it, and what they work on."""

    server: Server
    wait: Wait
    admin: httpx.Client
    operator: httpx.Client
    demands: list[int]
    achievements: list[int]

    def day(self, days: int) -> str:
        """The Beijing day that many days from now, as it is sent."""
        return (beijing_day(self.server.service.now()) + timedelta(days=days)).isoformat()

    def ledger(self, **asked: Any) -> list[dict[str, Any]]:
        """Entries of the park."""
        return entries(self.operator, park=PARK, **asked)


def spend(server: Server, wait: Wait) -> None:
    """Let the district work from its first park to its second night; `wait` lets time pass."""
    district = _founded(server, wait)
    _lists(district)
    _several(district)
    _rules(district)
    _night(district)
    _matches(district)
    _work(district)
    _grades(district)
    _evidence(district)
    _sheets(district)
    _changes(district)
    _night(district)
    _morning(district)
    _access(district)
    _blind_grades(district)


def _done(answer: httpx.Response) -> Any:
    """What was answered to a request that must succeed; None where it is a file, or nothing."""
    assert answer.status_code < 300, answer.text
    is_json = answer.content and answer.headers["content-type"] == "application/json"
    return answer.json() if is_json else None


def _founded(server: Server, wait: Wait) -> District:
    admin = server.client(server.key("区级管理员", Role.ADMIN))
    for path in ("/healthz", "/readyz", "/metrics"):
        _done(admin.get(path))
    for park in PARKS:
        _done(admin.post("/v1/parks", json=park))
    _done(admin.get("/v1/parks"))
    _done(admin.get(f"/v1/parks/{PARK}"))
    asked = {"name": "氢能园操作员", "role": "operator", "parks": [PARK], "expires_in_days": 365}
    operator = server.client(_done(admin.post("/v1/keys", json=asked))["key"])
    return District(server, wait, admin, operator, [], [])


def _lists(district: District) -> None:
    admin, operator = district.admin, district.operator
    for listing in (*SUPPLY[:2], SUPPLY[3]):
        made = _done(admin.post("/v1/achievements", json={**listing, "source": "示例高校清单"}))
        district.achievements.append(made["id"])
    for demand in ({"park": PARK, **DEMAND}, ELECTRODES):
        district.demands.append(_done(operator.post("/v1/demands", json=demand))["id"])
    path = f"/v1/achievements/{district.achievements[1]}"
    _done(admin.put(path, json=dict(ACHIEVEMENT)))
    _done(admin.patch(f"/v1/achievements/{district.achievements[0]}", json={"keywords": ["电解水", "隔膜"]}))
    _done(admin.get("/v1/achievements", params={"limit": 1}))
    _done(admin.get(path))
    path = f"/v1/demands/{district.demands[1]}"
    _done(operator.put(path, json={name: held for name, held in ELECTRODES.items() if name != "park"}))
    _done(operator.patch(path, json={"keywords": ["膜电极"]}))
    _done(operator.get("/v1/demands", params={"limit": 1}))
    _done(operator.get(path))
    _imports(district)
    refused = admin.post("/v1/achievements", json={"organisation": UNIT})
    assert refused.status_code == 422, refused.text


def _columns(district: District) -> None:
    """A list with headings nobody knows: proposals, a mapping, and what is remembered of the park."""
    operator = district.operator
    odd = {"file": ("难题征集.csv", ODD_LIST.encode())}
    asked = {"park": PARK, "dry_run": True}
    _done(operator.post("/v1/demands/import", data=asked, files=odd))
    mapping = {"卡脖子问题": "title", "谁家的": "organisation", "怎么回事": "detail"}
    given = [f"{heading}={field}" for heading, field in mapping.items()]
    _done(operator.post("/v1/demands/import", data={**asked, "map": given}, files=odd))
    profile = {"park": PARK, "headings": [*mapping], "mapping": mapping}
    _done(operator.put("/v1/import-profiles", json=profile))
    _done(operator.get("/v1/import-profiles", params={"park": PARK}))


def _imports(district: District) -> None:
    admin, operator = district.admin, district.operator
    demands = {"file": ("需求清单.csv", DEMAND_LIST.encode())}
    made = _done(operator.post("/v1/demands/import", data={"park": PARK}, files=demands))
    _done(operator.post("/v1/demands/import", data={"park": PARK, "dry_run": True}, files=demands))
    _done(operator.post("/v1/demands/import/rejects", data={"park": PARK}, files=demands))
    _columns(district)
    _done(operator.get("/v1/imports"))
    _mended(district, made["import_id"])
    supply = {"file": ("成果清单.csv", ACHIEVEMENT_LIST.encode())}
    _done(admin.post("/v1/achievements/import", data={"source": "示例研究所清单"}, files=supply))
    _done(admin.post("/v1/achievements/import/rejects", data={"source": "示例研究所清单"}, files=supply))
    _done(admin.get("/v1/imports", params={"limit": 1}))
    _done(operator.get("/v1/templates/demands.xlsx"))


def _mended(district: District, number: int) -> None:
    """A rejected row that is sent back, and an undo that is refused for an edit and done for the rest."""
    operator, path = district.operator, f"/v1/imports/{number}"
    [row] = _done(operator.get(f"{path}/rows"))["items"]
    cells = {"需求名称": "储氢瓶口密封圈"}
    sent = {"rows": [{"row_id": row["row_id"], "cells": cells}]}
    taken = _done(operator.post(f"{path}/rows", json=sent))["import_id"]
    [listed] = _done(operator.get("/v1/demands", params={"q": "储氢瓶口密封圈"}))["items"]
    demand = f"/v1/demands/{listed['id']}"
    _done(operator.patch(demand, json={"region": "北京市大兴区"}))
    refused = operator.post(f"/v1/imports/{taken}/undo")
    assert refused.status_code == 409, refused.text
    _done(operator.post(f"{demand}/withdraw"))
    _done(operator.post(f"{path}/undo", params={"partial": True}))


def _several(district: District) -> None:
    """Listings changed at once, merged and restored, their revisions, and both lists as files."""
    admin, operator, [first, second] = district.admin, district.operator, district.demands
    fields = {"valid_until": "2027-12-31"}
    chosen = {"act": "set", "items": [{"id": first}, {"id": second}], "fields": fields}
    _done(operator.post("/v1/demands/bulk", json=chosen, params={"dry_run": True}))
    supply = {"act": "set", "items": [{"id": district.achievements[0]}], "fields": {"region": "北京市"}}
    _done(admin.post("/v1/achievements/bulk", json=supply, params={"dry_run": True}))
    for client, noun, kept, more in (
        (operator, "demands", second, {"park": PARK}),
        (admin, "achievements", district.achievements[0], {}),
    ):
        twin = _done(client.post(f"/v1/{noun}", json={"title": "重复填报的一条", **more}))["id"]
        _done(client.post(f"/v1/{noun}/{kept}/merge", json={"duplicates": [{"id": twin}]}))
        _done(client.get(f"/v1/{noun}/{twin}/revisions"))
        _done(client.post(f"/v1/{noun}/{twin}/restore"))
        _done(client.post(f"/v1/{noun}/{twin}/withdraw"))
        _done(client.get(f"/v1/{noun}/export", params=more))


def _rules(district: District) -> None:
    operator, profile = district.operator, f"/v1/parks/{PARK}/profile"
    rules = {"partners": [UNIT], "partner_weight": 1.1, "constraints": {"max_price": 500}}
    _done(operator.put(profile, json=rules))
    _done(operator.put(profile, json={**rules, "top_k": 2}))
    _done(operator.get(profile))
    _done(operator.get(f"{profile}/versions"))
    constraints = f"/v1/demands/{district.demands[0]}/constraints"
    _done(operator.put(constraints, json={"modes": ["技术许可"]}))
    _done(operator.get(constraints))


def _night(district: District) -> None:
    """A run, started over HTTP; what it answers at its start depends on how far it is, and is not kept."""
    district.wait(hours=8)
    runs, headers = f"{district.server.url}/v1/runs", district.admin.headers
    started = httpx.post(runs, headers=headers, timeout=60)
    assert started.status_code == 202, started.text
    path = f"{runs}/{started.json()['run_id']}"
    while httpx.get(path, headers=headers).json()["status"] == "running":
        time.sleep(0.02)
    district.wait(hours=7)


def _matches(district: District) -> None:
    operator, demand = district.operator, district.demands[0]
    run = _done(district.admin.get("/v1/runs", params={"limit": 1}))["items"][0]["run_id"]
    _done(operator.get(f"/v1/runs/{run}"))
    _done(operator.get(f"/v1/demands/{demand}/matches"))
    _done(district.admin.get(f"/v1/achievements/{district.achievements[0]}/matches"))
    asked = {"text": "电解槽隔膜\n大幅面、耐高温浓碱、低面阻", "side": "demand", "top_k": 2}
    _done(operator.post("/v1/match", json=asked))
    token = _done(operator.post("/v1/embed-tokens", json={"park": PARK, "origins": [PORTAL]}))["token"]
    page = district.server.client(token, Origin=PORTAL)
    _done(page.get(f"/v1/embed/demands/{demand}/matches"))
    _done(district.admin.get("/v1/embed-tokens"))
    profile = _done(operator.get(f"/v1/parks/{PARK}/profile"))["profile"]
    stricter = {**profile, "constraints": {"max_price": 10, "strict": True}}
    _done(operator.put(f"/v1/parks/{PARK}/profile", json=stricter, params={"dry_run": True}))


def _work(district: District) -> None:
    operator, demand = district.operator, district.demands[0]
    [first, second, *_] = district.ledger(demand_id=demand)
    third = district.ledger(demand_id=district.demands[1])[0]
    sample = {
        "name": "样品送检",
        "planned_on": district.day(50),
        "done_on": None,
        "note": "两家用同一台试验槽",
    }
    columns = {
        "owner": "示例赵",
        "next_action": "约双方看样品",
        "due": district.day(5),
        "amount": 120.0,
        "teaming": "race",
        "milestones": [sample],
        "notes": "企业吴经理 13800005555，微信同号",
    }
    _done(operator.patch(f"/v1/ledger/{first['entry_id']}", json=columns))
    rival = {"owner": "示例赵", "teaming": "race", "milestones": [{**sample, "done_on": district.day(-1)}]}
    _done(operator.patch(f"/v1/ledger/{second['entry_id']}", json=rival))
    _done(operator.post(f"/v1/ledger/{first['entry_id']}/stage", json={"stage": "pending"}))
    paused = {"stage": "paused", "reason": "funding", "return_on": district.day(6)}
    _done(operator.post(f"/v1/ledger/{third['entry_id']}/stage", json=paused))
    _done(operator.get(f"/v1/demands/{demand}/suppliers"))
    _done(operator.get("/v1/ledger/due", params={"park": PARK}))
    _done(operator.post("/v1/ledger/hand-over", json={"park": PARK, "from": "示例赵", "to": "示例孙"}))
    pair = {"demand_id": demand, "achievement_id": district.achievements[1]}
    reason = "双方曾合作，企业明确不再考虑"
    excluded = _done(operator.post("/v1/ledger/exclusions", json={**pair, "reason": reason}))
    _done(operator.get("/v1/ledger/exclusions", params={"park": PARK}))
    _done(operator.delete(f"/v1/ledger/exclusions/{excluded['exclusion_id']}"))
    added = {"demand_id": district.demands[1], "achievement_id": district.achievements[1], "owner": "示例赵"}
    _done(operator.post("/v1/ledger", json={**added, "notes": "路演上结识"}))
    _done(operator.get(f"/v1/ledger/{first['entry_id']}"))
    _done(operator.get("/v1/ledger", params={"park": PARK, "limit": 1}))


def _grades(district: District) -> None:
    operator = district.operator
    for entry in district.ledger():
        grade = {"grade": 3} if entry["rank"] == 1 else {"grade": 1, "reason": "指标接近，缺少放大数据"}
        _done(operator.post(f"/v1/ledger/{entry['entry_id']}/grade", json=grade))
    unit = district.server.client(district.server.key(UNIT, Role.RESEARCH_UNIT, subject=UNIT))
    waiting = _done(unit.get("/v1/grades", params={"awaiting_reply": True, "limit": 1}))["items"]
    answered = f"/v1/ledger/{waiting[0]['entry_id']}"
    _done(unit.post(f"{answered}/reply", json={"reply": "放大数据下月可提供。"}))
    _done(operator.get(f"{answered}/grades"))
    _done(operator.get(f"{answered}/explanation"))
    _done(operator.get(f"{answered}/history"))
    learned = _done(operator.post("/v1/scorings", json={"park": PARK, "adopt": True}))["scoring_id"]
    _done(operator.get(f"/v1/scorings/{learned}"))
    _done(operator.put("/v1/scorings/in-use", json={"park": PARK, "scoring_id": learned}))
    _done(operator.get("/v1/scorings", params={"park": PARK}))
    _done(operator.put("/v1/scorings/in-use", json={"park": PARK, "scoring_id": None}))


def _blind_grades(district: District) -> None:
    operator, path = district.operator, f"/v1/parks/{PARK}/judgings"
    asked = {"demands": 2, "depth": 2, "name": "十一月盲评"}
    judging = _done(operator.post(path, json=asked))
    of_session = f"{path}/{judging['judging_id']}"
    for judge, step in (("示例评分人甲", 1), ("示例评分人乙", 2)):
        for number in range(1, judging["pairs"] + 1):
            _done(operator.get(f"{of_session}/next", params={"judge": judge}))
            grade = {"number": number, "grade": min(3, 1 + step * (number - 1)), "judge": judge}
            _done(operator.post(f"{of_session}/grades", json=grade))
    _done(operator.get(f"{of_session}/agreement"))
    _done(operator.get(f"{of_session}/export"))
    _done(operator.get(path))


def _evidence(district: District) -> None:
    operator = district.operator
    path = f"/v1/ledger/{district.ledger()[0]['entry_id']}/evidence"
    link = {"title": "样品检测报告", "url": "https://reports.example.cn/2026/17"}
    linked = _done(operator.post(path, json=link))
    report = {"file": ("检测报告.txt", "面电阻 0.14 Ω·cm2".encode(), "text/plain")}
    kept = _done(operator.post(f"{path}/files", data={"title": "检测报告"}, files=report))
    _done(operator.get(f"{path}/{kept['evidence_id']}/file"))
    _done(operator.get(path))
    _done(operator.delete(f"{path}/{linked['evidence_id']}"))


def _sheets(district: District) -> None:
    """A sheet with a change, an illegal move, a conflict and a column of the service's own typed into."""
    operator, asked = district.operator, {"park": PARK}
    exported = operator.get("/v1/ledger/export", params=asked)
    _done(exported)
    sheet = _typed(
        exported.content,
        (
            {"负责人": "示例孙", "下一步": "寄送样品"},
            {"阶段": "已落地"},
            {"备注": "表中的"},
            {"得分": 1, "备注": "约看现场"},
        ),
    )
    conflicting = district.ledger()[2]
    _done(operator.patch(f"/v1/ledger/{conflicting['entry_id']}", json={"notes": "此后在系统中写的"}))
    made = _done(operator.post("/v1/ledger/import", data=asked, files={"file": ("台账.xlsx", sheet)}))
    second = _typed(operator.get("/v1/ledger/export", params=asked).content, ({"备注": "样品已寄出"},))
    _done(operator.post("/v1/ledger/import", data=asked, files={"file": ("台账.xlsx", second)}))
    _done(operator.get("/v1/ledger/imports", params={**asked, "limit": 1}))
    _done(operator.post(f"/v1/ledger/imports/{made['import_id']}/undo"))


def _typed(content: bytes, rows: tuple[dict[str, Any], ...]) -> bytes:
    """The workbook with cells of its first rows typed into, by heading."""
    workbook = load_workbook(BytesIO(content))
    sheet = workbook.worksheets[0]
    columns = {heading.value: at for at, heading in enumerate(sheet[HEADER_ROW], start=1)}
    for number, cells in enumerate(rows, start=HEADER_ROW + 1):
        for heading, value in cells.items():
            sheet.cell(number, columns[heading]).value = value
    return saved(workbook)


def _changes(district: District) -> None:
    """What the second night finds otherwise: an edited demand, a withdrawn achievement, a stricter rule."""
    operator, [first, second] = district.operator, district.demands
    _done(operator.patch(f"/v1/demands/{first}", json={"title": "高温浓碱电解槽用低阻大幅面隔膜"}))
    _done(district.admin.post(f"/v1/achievements/{district.achievements[2]}/withdraw"))
    spare = {"park": PARK, "title": "临时登记的需求"}
    made = _done(operator.post("/v1/demands", json=spare))
    _done(operator.get(f"/v1/demands/{made['id']}/matches"))
    _done(operator.post(f"/v1/demands/{made['id']}/withdraw"))
    limit = {"max_price": 50, "regions": ["北京"], "strict": True}
    constraints = f"/v1/demands/{second}/constraints"
    _done(operator.put(constraints, json=limit, params={"dry_run": True}))
    _done(operator.put(constraints, json=limit))


def _morning(district: District) -> None:
    operator, [first, second] = district.operator, district.demands
    run = _done(operator.get("/v1/runs"))["items"][0]["run_id"]
    _done(operator.get(f"/v1/runs/{run}/diff", params={"park": PARK}))
    _done(operator.get(f"/v1/parks/{PARK}/brief"))
    _done(operator.get(f"/v1/parks/{PARK}/brief/export"))
    _done(operator.get("/v1/abstentions", params={"park": PARK}))
    _done(operator.get(f"/v1/demands/{second}/near-misses"))
    entry = district.ledger(demand_id=first)[0]["entry_id"]
    _done(operator.get(f"/v1/ledger/{entry}/explanation"))
    moved = next(one for one in district.ledger() if "feedback" in one["contributions"])
    _done(operator.get(f"/v1/ledger/{moved['entry_id']}/explanation"))
    _done(operator.get(f"/v1/ledger/{entry}/history"))


def _access(district: District) -> None:
    admin, server = district.admin, district.server
    asked = {"name": UNIT, "role": "research_unit", "parks": None, "subject": UNIT}
    issued = _done(admin.post("/v1/keys", json=asked))
    _done(admin.get("/v1/keys"))
    signed_in = server.client().post("/v1/session", json={"token": issued["key"]})
    _done(signed_in)
    # Sent by hand: a client drops a cookie that ends on the service's calendar and not on its own.
    browser = server.client(Cookie=signed_in.headers["set-cookie"].partition(";")[0])
    _done(browser.get("/v1/session"))
    _done(browser.delete("/v1/session"))
    _done(admin.delete(f"/v1/keys/{issued['id']}"))
    person = {"name": "示例吴经理", "phone": "138 0000 5555"}
    _done(admin.post("/v1/erasures", json={**person, "dry_run": True}))
    _done(admin.post("/v1/erasures", json=person))
