"""The town of the matrix: two parks with all that an operation can aim at, and a caller of every kind."""

import csv
from dataclasses import dataclass, field, replace
from io import StringIO
from itertools import count
from time import sleep
from typing import Any

import httpx

from matcher.domain.access import Role
from matcher.domain.columns import ENTRY_ID
from tests.api.world import SECRET, SUPPLY, Server, World, populate

ORIGIN = "https://portal.example.cn"
MANAGER = "示例周岚"

_PARK = {"own": "yi", "other": "jia"}


def mark_of(park: str) -> str:
    """The word by which everything of a park is known in an answer."""
    return SECRET if park == "jia" else "乙园"


@dataclass
class Target:
    """What requests aim at: a park and one of everything in it, and an achievement of a research unit."""

    park: str
    achievement: int
    achievement_title: str
    unit: str
    demand: int
    duplicate: int = 2**31 - 1
    unsupplied: int = 0
    entry: int = 0
    run: int = 0
    listing_import: int = 0
    rejected_row: int = 2**31 - 1
    ledger_import: int = 0
    exclusion: int = 0
    scoring: int = 0
    judging: int = 0
    evidence: int = 0
    key: int = 0
    token: int = 0
    next_stage: str = "pending"
    n: int = 0
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)


class Town:
    """A populated service, a client of every kind of caller, a target in the own and in the other park."""

    def __init__(self, server: Server) -> None:
        self.numbers = count(1)
        self.world: World = populate(server)
        self.admin = self.world.admin
        self.targets = {where: self._target(where) for where in _PARK}
        for target in self.targets.values():
            self._ask_too_much(target)
        self.run = self.world.refresh()["run_id"]
        for target in self.targets.values():
            self._fill(target)
        token = self.world.yi.post("/v1/embed-tokens", json={"park": "yi", "origins": [ORIGIN]})
        unit = self.targets["own"].unit
        self.clients: dict[str, httpx.Client] = {
            "admin": self.admin,
            "operator": self.world.yi,
            "technology_manager": self._client(Role.TECHNOLOGY_MANAGER, ["yi"], MANAGER),
            "research_unit": self._client(Role.RESEARCH_UNIT, None, unit),
            "batch": self._client(Role.BATCH, ["yi"]),
            "reader": self.world.reader,
            "embed": server.client(token.json()["token"]),
            "nobody": server.client(),
        }

    def _client(self, role: Role, parks: list[str] | None, subject: str = "") -> httpx.Client:
        server = self.world.server
        return server.client(server.key(f"乙园 {role}", role, parks, subject=subject))

    def _target(self, where: str) -> Target:
        number = 0 if where == "own" else 1
        park = _PARK[where]
        mark = mark_of(park)
        return Target(
            park=park,
            achievement=self.world.achievements[number],
            achievement_title=str(SUPPLY[number]["title"]),
            unit=str(SUPPLY[number]["organisation"]),
            demand=self.world.demands[park][-1],
            files={
                "supply": ("成果.csv", "成果名称,成果编号\n冷库除霜装置,LK-1\n".encode()),
                "demands": ("需求.csv", "需求名称,需求编号\n冷库除霜改造,LK-1\n".encode()),
                "report": ("报告.txt", f"{mark}的检测报告".encode()),
            },
        )

    def _ask_too_much(self, target: Target) -> None:
        """A demand that no achievement can answer, and a park profile."""
        mark = mark_of(target.park)
        body = {"title": f"{mark}的电解槽隔膜", "park": target.park}
        demand = self.done(self.admin.post("/v1/demands", json=body))["id"]
        target.unsupplied = demand
        limit = {"regions": [f"{mark}镇"], "strict": True}
        self.done(self.admin.put(f"/v1/demands/{demand}/constraints", json=limit))
        profile = {"excluded_organisations": [f"{mark}公司"]}
        self.done(self.admin.put(f"/v1/parks/{target.park}/profile", json=profile))

    def _fill(self, target: Target) -> None:
        """An entry with every trace that people leave on one, an exclusion, imports and a run."""
        target.run = self.run
        target.listing_import = self.new_import(target).listing_import
        limit = {"regions": [f"{mark_of(target.park)}镇"]}
        self.done(self.admin.put(f"/v1/demands/{target.demand}/constraints", json=limit))
        target.exclusion = self.new_exclusion(target).exclusion
        listed = self.admin.get("/v1/ledger", params={"demand_id": target.demand}).json()["items"]
        [target.entry] = [one["entry_id"] for one in listed if one["achievement_id"] == target.achievement]
        mark = mark_of(target.park)
        path = f"/v1/ledger/{target.entry}"
        work = {"technology_manager": MANAGER, "next_action": f"{mark}回访", "due": "2020-01-01"}
        self.done(self.admin.patch(path, json=work))
        self.done(self.admin.post(f"{path}/grade", json={"grade": 2, "reason": f"{mark}的理由"}))
        target.scoring = self._learned(target)
        target.judging = self._judged(target)
        target.evidence = self.new_evidence(target).evidence
        target.ledger_import = self.new_ledger_import(target).ledger_import
        target.files["ledger"] = self.edited_ledger(target).files["ledger"]
        target.key = self.new_key(target).key
        target.token = self.new_token(target).token

    def _learned(self, target: Target) -> int:
        """A scoring that the park's operator learns, once a pair of another demand is graded, too."""
        pair = {"demand_id": self.new_demand(target).demand, "achievement_id": target.achievement}
        entry = self.done(self.admin.post("/v1/ledger", json=pair))["entry_id"]
        self.done(self.admin.post(f"/v1/ledger/{entry}/grade", json={"grade": 0, "reason": "不相干"}))
        operator = self.world.jia if target.park == "jia" else self.world.yi
        scoring: int = self.done(operator.post("/v1/scorings", json={"park": target.park}))["scoring_id"]
        return scoring

    def _judged(self, target: Target) -> int:
        """A blind grading session of the park, its first pair graded."""
        path = f"/v1/parks/{target.park}/judgings"
        mark = mark_of(target.park)
        made = self.done(self.admin.post(path, json={"name": f"{mark}的盲评"}))
        grade = {"number": 1, "grade": 3, "judge": f"{mark}的评分人"}
        self.done(self.admin.post(f"{path}/{made['judging_id']}/grades", json=grade))
        judging: int = made["judging_id"]
        return judging

    def done(self, answer: httpx.Response) -> dict[str, Any]:
        """The answer of a request that must succeed."""
        assert answer.status_code < 300, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def new_demand(self, target: Target) -> Target:
        """Another demand of the park, in no run yet."""
        body = {"title": f"另一项冷库除霜需求 {next(self.numbers)}", "park": target.park}
        return replace(target, demand=self.done(self.admin.post("/v1/demands", json=body))["id"])

    def new_achievement(self, target: Target) -> Target:
        """Another achievement of the organisation."""
        body = {"title": f"另一项除霜成果 {next(self.numbers)}", "organisation": target.unit}
        return replace(target, achievement=self.done(self.admin.post("/v1/achievements", json=body))["id"])

    def twice_asked(self, target: Target) -> Target:
        """Two demands of the park that are to be merged."""
        return replace(self.new_demand(target), duplicate=self.new_demand(target).demand)

    def twice_offered(self, target: Target) -> Target:
        """Two achievements of the organisation that are to be merged."""
        return replace(self.new_achievement(target), duplicate=self.new_achievement(target).achievement)

    def new_import(self, target: Target) -> Target:
        """An import of the park that can be undone."""
        content = f"需求名称,需求编号\n{target.park}导入的需求,DR-{next(self.numbers)}\n".encode()
        files = {"file": (f"{mark_of(target.park)}清单.csv", content)}
        sent = self.admin.post("/v1/demands/import", data={"park": target.park}, files=files)
        return replace(target, listing_import=self.done(sent)["import_id"])

    def new_rejected_row(self, target: Target) -> Target:
        """An import of the park with a row that can be mended."""
        content = f"需求名称,需求编号\n,DR-{next(self.numbers)}\n".encode()
        files = {"file": (f"{mark_of(target.park)}清单.csv", content)}
        sent = self.admin.post("/v1/demands/import", data={"park": target.park}, files=files)
        number = self.done(sent)["import_id"]
        [row] = self.done(self.admin.get(f"/v1/imports/{number}/rows"))["items"]
        return replace(target, listing_import=number, rejected_row=row["row_id"])

    def new_exclusion(self, target: Target) -> Target:
        """An exclusion that holds, of a demand that is no other operation's."""
        pair = self.new_demand(target)
        mark = mark_of(target.park)
        body = {"demand_id": pair.demand, "achievement_id": pair.achievement, "reason": f"{mark}的理由"}
        made = self.done(self.admin.post("/v1/ledger/exclusions", json=body))
        return replace(target, exclusion=made["exclusion_id"])

    def new_evidence(self, target: Target) -> Target:
        """A file on the entry."""
        mark = mark_of(target.park)
        path = f"/v1/ledger/{target.entry}/evidence/files"
        sent = self.admin.post(path, data={"title": f"{mark}报告"}, files={"file": target.files["report"]})
        return replace(target, evidence=self.done(sent)["evidence_id"])

    def edited_ledger(self, target: Target) -> Target:
        """The park's ledger as a sheet, with another note on the entry."""
        sent = self.admin.get("/v1/ledger/export", params={"park": target.park, "format": "csv"})
        headings, *rows = list(csv.reader(StringIO(sent.content.decode("utf-8-sig"))))
        entry, notes = headings.index(ENTRY_ID), headings.index("备注")
        for row in rows:
            if row[entry] == str(target.entry):
                row[notes] = f"表中的备注 {next(self.numbers)}"
        stream = StringIO()
        csv.writer(stream).writerows([headings, *rows])
        name = f"{mark_of(target.park)}台账.csv"
        return replace(target, files={**target.files, "ledger": (name, stream.getvalue().encode())})

    def new_ledger_import(self, target: Target) -> Target:
        """An import of the edited ledger that can be undone."""
        files = {"file": self.edited_ledger(target).files["ledger"]}
        sent = self.admin.post("/v1/ledger/import", data={"park": target.park}, files=files)
        made = self.done(sent)
        assert made["changes"], "the import changes the entry"
        return replace(target, ledger_import=made["import_id"])

    def new_key(self, target: Target) -> Target:
        """A key of the park that nobody uses."""
        body = {"name": f"备用 {next(self.numbers)}", "role": "reader", "parks": [target.park]}
        return replace(target, key=self.done(self.admin.post("/v1/keys", json=body))["id"])

    def new_token(self, target: Target) -> Target:
        """An embed token of the park that no page uses."""
        body = {"park": target.park, "origins": [ORIGIN]}
        operator = self.world.jia if target.park == "jia" else self.world.yi
        return replace(target, token=self.done(operator.post("/v1/embed-tokens", json=body))["token_id"])

    def movable(self, target: Target) -> Target:
        """The entry, and a stage that it may move to without a reason."""
        moves = self.done(self.admin.get(f"/v1/ledger/{target.entry}"))["moves"]
        return replace(target, next_stage=next(one for one in moves if one not in {"paused", "ended"}))

    def no_run_under_way(self, target: Target) -> Target:
        """The same target, once no run holds the ledger."""
        while any(one["status"] == "running" for one in self.admin.get("/v1/runs").json()["items"]):
            sleep(0.01)
        return target
