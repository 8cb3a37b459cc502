import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR, Principal, Role, Scope
from matcher.domain.entries import EntryFilter
from matcher.domain.errors import Conflict, Forbidden, InvalidInput, MatcherError, NotFound, StaleVersion
from matcher.domain.listing import Confidentiality, Side
from matcher.domain.stages import Stage
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger import edits, evidence, grades, history
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.ledger.evidence import MAX_FILE, File
from matcher.pipeline.ledger.hand_over import hand_over_entries
from matcher.pipeline.ledger.suppliers import compare_suppliers
from matcher.store.tables import AuditRow, Evidence, GradeRow, HumanChange
from tests.pipeline.desks import DeskLike
from tests.pipeline.given import Desk, operator_of, row

VALVE = row("液氢低温阀门密封", "零下二百五十三度不泄漏", unit="甲 研究所", code="S-1")
METER = row("氢气泄漏在线检测仪", "低温密封处泄漏检测", unit="乙研究所", code="S-2")
LEAK = row("液氢阀门泄漏检测", "低温密封处的氢气泄漏要在线检测", unit="丙公司", code="D-1", released="是")
PHONE = "13800005555"


class Office:
    """Two parks of one demand each, a supply list of two, matched once for one place each."""

    def __init__(self, desk: Desk, own: int, other: int) -> None:
        self.desk, self.database = desk, desk.database
        self.own, self.other = own, other
        self.operator = operator_of(self.own)
        self.demand = desk.demand(self.own, LEAK["title"]).id
        self.supply = {one.code: one.id for one in desk.shelf().values()}
        [entry], _ = list_entries(self.database, DISTRICT, EntryFilter(demand_id=self.demand))
        self.entry, self.matched = entry.id, entry.achievement_code
        self.unmatched = self.supply["S-1" if self.matched == "S-2" else "S-2"]

    def request(self, who: Principal | None = None, **more: Any) -> Request:
        return Request(who or self.operator, self.desk.now, **more)

    def read(self, **more: Any) -> dict[str, Any]:
        return edits.read_entry(self.database, self.operator, self.entry, self.desk.now, **more).as_json()

    def edit(self, *, who: Principal | None = None, version: int | None = None, **changes: Any) -> Any:
        written = edits.edit_entry(self.database, self.request(who), self.entry, changes, version=version)
        return written.as_json()

    def move(self, stage: Stage, **more: Any) -> dict[str, Any]:
        return edits.move_entry(self.database, self.request(), self.entry, stage, **more).as_json()

    def grade(self, value: int = 1, reason: str = "too_early") -> dict[str, Any]:
        return edits.grade_entry(self.database, self.request(), self.entry, value, reason).as_json()

    def unit(self, name: str) -> Principal:
        return Principal("某单位", Role.RESEARCH_UNIT, Scope(frozenset()), subject=name)

    def own_unit(self) -> Principal:
        """The research unit of the matched achievement, its name spelt otherwise than on the list."""
        return self.unit("甲研究所" if self.matched == "S-1" else "乙 研究所")

    def history(self) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = history.read_history(self.database, self.operator, self.entry).as_json()[
            "items"
        ]
        return told

    def grades(self, who: Principal, **asked: Any) -> list[dict[str, Any]]:
        page = grades.list_all_grades(self.database, who, **asked).as_json()
        assert page["next_cursor"] is None
        listed: list[dict[str, Any]] = page["items"]
        return listed

    def lines(self) -> list[HumanChange]:
        with self.database.reading() as session:
            return list(session.scalars(select(HumanChange).order_by(HumanChange.id)))

    def audit(self) -> list[tuple[str, str, int | None]]:
        with self.database.reading() as session:
            return [(one.act, one.subject, one.park_id) for one in session.scalars(select(AuditRow))]


def matched(desk: Desk) -> tuple[int, int]:
    parks = desk.park("own"), desk.park("other")
    desk.supply(VALVE, METER)
    for park in parks:
        desk.demands(park, LEAK)
    desk.refresh(top_k=1)
    return parks


@pytest.fixture
def office(desk_like: DeskLike) -> Office:
    desk, parks = desk_like(matched)
    return Office(desk, *parks)


@pytest.mark.both_engines
def test_an_entry_is_taken_from_the_first_idea_to_signing_with_its_history(office: Office) -> None:
    office.edit(owner="示例赵", due="2026-11-09", notes=f"致电 {PHONE}")
    for stage in (Stage.PENDING, Stage.PUSHED, Stage.ENGAGED, Stage.INTENT, Stage.SIGNED):
        office.desk.now += timedelta(hours=1)
        entry = office.move(stage)
    assert (entry["stage"], entry["stage_label"], entry["version"]) == ("signed", "已签约", 1 + 6)
    assert entry["moves"] == ["landed", "trial", "intent", "paused", "ended"]
    office.desk.withdraw(Side.DEMAND, office.desk.demand(office.own, LEAK["title"]))
    office.desk.now += timedelta(hours=9)
    office.desk.refresh(top_k=1)
    entry = office.read()
    assert (entry["standing"], entry["stage"], entry["owner"]) == ("void", "signed", "示例赵")
    told = office.history()
    assert [(one["kind"], one["act"]) for one in told] == [
        ("machine", "created"),
        ("people", "edit"),
        *[("people", "stage")] * 5,
        ("machine", "vanished"),
    ]
    assert [one["at"] for one in told] == sorted(one["at"] for one in told)
    assert told[1]["changes"]["due"] == {"before": None, "after": "2026-11-09"}
    assert told[2]["changes"] == {"stage": {"before": "screening", "after": "pending"}}
    assert told[-1]["causes_zh"] == ["需求已撤回"]
    assert told[-1]["changes"]["standing"] == {"before": "current", "after": "void"}
    assert PHONE not in str(told)


def test_a_text_sent_back_as_it_was_masked_keeps_what_is_stored(office: Office) -> None:
    milestone = {"name": "送检", "note": f"联系 {PHONE}"}
    office.edit(notes=f"致电 {PHONE}", milestones=[milestone])
    shown = office.read()
    assert PHONE not in str(shown)
    again = office.edit(notes=shown["notes"], owner="示例赵", milestones=shown["milestones"])
    assert again["version"] == shown["version"] + 1
    unmasked = office.read(unmask=True)
    assert unmasked["notes"] == f"致电 {PHONE}"
    assert unmasked["milestones"][0]["note"] == f"联系 {PHONE}"
    assert office.audit() == [("unmask_work", f"ledger:{office.entry}", office.own)]
    assert office.edit(notes="不再致电")["notes"] == "不再致电"


def test_contacts_are_shown_to_those_alone_who_may_see_them(office: Office) -> None:
    reader = operator_of(office.own, role=Role.READER)
    with pytest.raises(Forbidden):
        edits.read_entry(office.database, reader, office.entry, office.desk.now, unmask=True)
    assert office.audit() == []


def test_a_stale_version_is_refused_whoever_made_it_stale(office: Office) -> None:
    version = office.read()["version"]
    office.edit(notes="有人先改了")
    with pytest.raises(StaleVersion):
        office.edit(notes="我也改", version=version)
    version = office.read()["version"]
    office.desk.edit(office.desk.demand(office.own, LEAK["title"]), detail="改为无人机巡检泄漏")
    office.desk.refresh(top_k=1)
    with pytest.raises(StaleVersion):
        office.edit(notes="夜里变了", version=version)
    assert office.edit(notes="重读后再改", version=office.read()["version"])["notes"] == "重读后再改"


@pytest.mark.both_engines
def test_of_many_who_write_at_one_version_at_once_one_is_heard(office: Office) -> None:
    version = office.read()["version"]

    def write(number: int) -> bool:
        try:
            office.edit(notes=f"第{number}人", version=version)
        except StaleVersion:
            return False
        return True

    with ThreadPoolExecutor(6) as threads:
        heard = [number for number, done in enumerate(threads.map(write, range(6))) if done]
    assert len(heard) == 1
    assert office.read()["notes"] == f"第{heard[0]}人"
    assert len(office.lines()) == 1


@pytest.mark.both_engines
def test_a_key_that_is_sent_many_times_at_once_writes_once(office: Office) -> None:
    request = office.request(key="一", digest="a")

    def write(_: int) -> dict[str, Any]:
        return edits.grade_entry(office.database, request, office.entry, 2, "指标接近").as_json()

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(write, range(6)))
    assert all(answer == answers[0] for answer in answers)
    assert len(office.lines()) == 1


def test_a_repeated_key_writes_once_and_answers_as_before(office: Office) -> None:
    request = office.request(key="一", digest="a")
    first = edits.grade_entry(office.database, request, office.entry, 2, "指标接近")
    again = edits.grade_entry(office.database, request, office.entry, 2, "指标接近")
    assert (first.replayed, again.replayed) == (False, True)
    assert again.as_json() == first.as_json()
    assert len(office.lines()) == 1
    with pytest.raises(Conflict):
        edits.grade_entry(office.database, replace(request, digest="b"), office.entry, 3, "")
    with pytest.raises(InvalidInput):
        edits.edit_entry(office.database, office.request(key="二"), office.entry, {"due": "下周"})
    assert edits.edit_entry(office.database, office.request(key="二"), office.entry, {}).version == 2


@pytest.mark.both_engines
def test_a_grade_keeps_what_the_person_saw_and_its_answer(office: Office) -> None:
    shown = office.read()
    office.grade(1, "too_early")
    office.desk.edit(office.desk.demand(office.own, LEAK["title"]), detail="另有要求：阀门寿命预测")
    office.desk.refresh(top_k=2)
    office.grade(3, "看过样品")
    first, second = grades.list_grades(office.database, office.operator, office.entry).as_json()["items"]
    names = ("rank", "similarity", "score", "probability", "run_id")
    assert [first[name] for name in names] == [shown[name] for name in names]
    assert (first["decline_code"], first["decline_label"], first["actor"]) == (
        "too_early",
        "过于早期",
        "operator",
    )
    assert (second["decline_code"], second["demand_version"], first["demand_version"]) == (None, 2, 1)
    waiting = office.grades(office.operator, awaiting_reply=True)
    assert [one["grade_id"] for one in waiting] == [second["grade_id"]]
    answered = edits.reply_to_grade(office.database, office.request(), office.entry, "可供样品")
    assert (answered.grade_id, answered.reply) == (second["grade_id"], "可供样品")
    assert office.read()["reply"] == "可供样品"
    assert office.grades(office.operator, awaiting_reply=True) == []


@pytest.mark.both_engines
def test_a_research_unit_answers_grades_of_its_own_achievements_alone(office: Office) -> None:
    unit, stranger = office.own_unit(), office.unit("丁研究所")
    with pytest.raises(NotFound):
        edits.reply_to_grade(office.database, office.request(unit), office.entry, "尚无评分")
    office.grade(1, f"请致电 {PHONE}")
    for other in (stranger, office.unit("")):
        with pytest.raises(NotFound):
            edits.reply_to_grade(office.database, office.request(other), office.entry, "冒答")
        assert office.grades(other) == []
    answer = edits.reply_to_grade(office.database, office.request(unit), office.entry, "可补数据")
    assert (answer.reply, answer.replied_by, answer.actor) == ("可补数据", "某单位", None)
    [listed] = office.grades(unit)
    assert listed == grades.list_grades(office.database, unit, office.entry).as_json()["items"][0]
    assert listed["demand_title"] == LEAK["title"]
    assert PHONE not in str(listed)
    demand = office.desk.demand(office.own, LEAK["title"])
    for hidden in ({"released": False}, {"released": True, "confidentiality": Confidentiality.INTERNAL}):
        office.desk.edit(demand, **hidden)
        [listed] = office.grades(unit)
        told = [listed[f"demand_{name}"] for name in ("id", "code", "title", "organisation")]
        assert told == [None] * 4
    for forbidden in (
        lambda: edits.read_entry(office.database, unit, office.entry, office.desk.now),
        lambda: history.read_history(office.database, unit, office.entry),
        lambda: office.edit(who=unit, notes="越权"),
    ):
        with pytest.raises(Forbidden):
            forbidden()


def test_a_technology_manager_works_the_entries_assigned_to_them_alone(office: Office) -> None:
    manager = Principal("经理人", Role.TECHNOLOGY_MANAGER, Scope(frozenset({office.own})), subject="示例钱")
    nobody = replace(manager, subject="")
    for one in (manager, nobody):
        with pytest.raises(Forbidden):
            office.edit(who=one, notes="不归我")
    office.edit(technology_manager="示例钱")
    assert office.edit(who=manager, notes="归我")["notes"] == "归我"
    assert edits.grade_entry(office.database, office.request(manager), office.entry, 2, "").grade == 2
    office.edit(technology_manager="示例孙")
    with pytest.raises(Forbidden):
        edits.move_entry(office.database, office.request(manager), office.entry, Stage.PENDING)
    with pytest.raises(Forbidden):
        evidence.add_link(office.database, office.request(manager), office.entry, "网页", "https://a.cn")
    office.edit(owner="示例钱")
    assert office.edit(who=manager, notes="又归我")["notes"] == "又归我"


FOREIGN: dict[str, Callable[[Office, Principal], object]] = {
    "read": lambda o, who: edits.read_entry(o.database, who, o.entry, o.desk.now),
    "unmask": lambda o, who: edits.read_entry(o.database, who, o.entry, o.desk.now, unmask=True),
    "edit": lambda o, who: o.edit(who=who, notes="偷改"),
    "move": lambda o, who: edits.move_entry(o.database, o.request(who), o.entry, Stage.PENDING),
    "grade": lambda o, who: edits.grade_entry(o.database, o.request(who), o.entry, 0, ""),
    "reply": lambda o, who: edits.reply_to_grade(o.database, o.request(who), o.entry, "偷答"),
    "add": lambda o, who: edits.add_entry(o.database, o.request(who), o.demand, o.unmatched),
    "history": lambda o, who: history.read_history(o.database, who, o.entry),
    "grades": lambda o, who: grades.list_grades(o.database, who, o.entry),
    "evidence": lambda o, who: evidence.list_evidence(o.database, who, o.entry),
    "link": lambda o, who: evidence.add_link(o.database, o.request(who), o.entry, "网页", "https://a.cn"),
    "hand over": lambda o, who: hand_over_entries(o.database, o.request(who), "own", "示例赵", "示例钱"),
    "suppliers": lambda o, who: compare_suppliers(o.database, who, o.demand, o.desk.now),
}


@pytest.mark.both_engines
@pytest.mark.parametrize("name", FOREIGN)
def test_another_parks_entry_is_as_one_that_does_not_exist(office: Office, name: str) -> None:
    office.grade()
    lines = [one.id for one in office.lines()]
    with pytest.raises(NotFound) as caught:
        FOREIGN[name](office, operator_of(office.other))
    assert LEAK["title"] not in caught.value.zh
    assert [one.id for one in office.lines()] == lines
    assert office.audit() == []
    FOREIGN[name](office, office.operator)


TENANT = re.compile(
    r"\s*(SELECT|UPDATE|DELETE)\b.*\b(ledger_entry|ledger_human|human_change|entry_state|grade|evidence|exclusion)\b",
    re.DOTALL,
)


@pytest.mark.both_engines
@pytest.mark.parametrize("name", FOREIGN)
def test_every_statement_on_a_tenants_table_names_the_park(office: Office, name: str) -> None:
    office.edit(owner="示例赵")
    office.grade()
    seen: list[str] = []
    event.listen(office.database.engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    FOREIGN[name](office, office.operator)
    tenant = [one for one in seen if TENANT.match(one)]
    assert tenant, "the call asks the database"
    for statement in tenant:
        assert "park_id" in statement.partition("WHERE")[2], statement


@pytest.mark.parametrize("name", ["edit", "move", "grade", "reply", "add", "link", "hand over"])
def test_who_only_reads_writes_nothing(office: Office, name: str) -> None:
    office.grade()
    for role in (Role.READER, Role.BATCH, Role.EMBED):
        with pytest.raises(Forbidden):
            FOREIGN[name](office, operator_of(office.own, role=role))
    assert len(office.lines()) == 1


def test_a_pair_added_by_hand_is_worked_and_taken_up_when_a_run_proposes_it(office: Office) -> None:
    made = edits.add_entry(
        office.database,
        office.request(),
        office.demand,
        office.unmatched,
        stage=Stage.ENGAGED,
        changes={"owner": "示例赵", "due": date(2026, 11, 20)},
    )
    assert [made.as_json()[name] for name in ("standing", "stage", "rank", "score", "run_id")] == [
        "added",
        "engaged",
        None,
        None,
        None,
    ]
    assert (made.version, made.human_version, made.owner) == (2, 1, "示例赵")
    with pytest.raises(Conflict) as caught:
        edits.add_entry(office.database, office.request(), office.demand, office.unmatched)
    assert str(made.entry_id) in caught.value.en
    office.desk.refresh(top_k=2)
    taken = edits.read_entry(office.database, office.operator, made.entry_id, office.desk.now)
    assert (taken.standing, taken.rank, taken.stage) == ("current", 2, "engaged")
    assert (taken.owner, taken.human_version) == ("示例赵", 1)
    office.desk.refresh(top_k=1)
    with pytest.raises(Conflict):
        edits.add_entry(office.database, office.request(), office.demand, office.unmatched)


ADDING: dict[str, tuple[Callable[[Office], object], type[MatcherError], str]] = {
    "withdrawn": (
        lambda o: o.desk.withdraw(Side.SUPPLY, o.desk.shelf()[o_title(o)]),
        InvalidInput,
        "achievement_id",
    ),
    "expired": (
        lambda o: o.desk.edit(o.desk.demand(o.own, LEAK["title"]), valid_until=date(2026, 11, 1)),
        InvalidInput,
        "demand_id",
    ),
    "secret": (
        lambda o: o.desk.edit(o.desk.shelf()[o_title(o)], confidentiality=Confidentiality.SECRET),
        InvalidInput,
        "achievement_id",
    ),
}


def o_title(office: Office) -> str:
    return next(title for title, one in office.desk.shelf().items() if one.id == office.unmatched)


@pytest.mark.both_engines
@pytest.mark.parametrize("case", ADDING)
def test_only_what_may_be_matched_is_added(office: Office, case: str) -> None:
    prepare, error, field = ADDING[case]
    prepare(office)
    with pytest.raises(error) as caught:
        edits.add_entry(office.database, office.request(), office.demand, office.unmatched)
    assert caught.value.field == field


def test_an_entry_is_added_on_the_main_line_and_of_sides_that_exist(office: Office) -> None:
    add = edits.add_entry
    with pytest.raises(InvalidInput) as aside:
        add(office.database, office.request(), office.demand, office.unmatched, stage=Stage.PAUSED)
    assert aside.value.field == "stage"
    for pair, field in (((987, office.unmatched), "demand_id"), ((office.demand, 987), "achievement_id")):
        with pytest.raises(NotFound) as missing:
            add(office.database, office.request(), *pair)
        assert missing.value.field == field


@pytest.mark.both_engines
def test_evidence_is_in_the_history_and_what_is_taken_off_loses_its_content(office: Office) -> None:
    content = b"\x89PNG" + bytes(1000)
    link = evidence.add_link(
        office.database, office.request(), office.entry, f"报告 {PHONE}", "https://example.cn/1"
    )
    sent = File("..\\检测\\报告.png", "image/png", content)
    request = office.request(key="文件", digest="1")
    file = evidence.add_file(office.database, request, office.entry, "样品照片", sent)
    again = evidence.add_file(office.database, request, office.entry, "样品照片", sent)
    assert again.as_json() == file.as_json()
    assert (file.file_name, file.size, len(file.sha256 or "")) == ("报告.png", 1004, 64)
    listed = evidence.list_evidence(office.database, office.operator, office.entry).items
    assert [one.evidence_id for one in listed] == [link.evidence_id, file.evidence_id]
    assert PHONE not in str(listed)
    read = evidence.read_file(office.database, office.operator, office.entry, file.evidence_id)
    assert read == File("报告.png", "image/png", content)
    with pytest.raises(NotFound):
        evidence.read_file(office.database, office.operator, office.entry, link.evidence_id)
    evidence.remove_evidence(office.database, office.request(), office.entry, file.evidence_id)
    for gone in (evidence.read_file, evidence.remove_evidence):
        caller: Any = office.operator if gone is evidence.read_file else office.request()
        with pytest.raises(NotFound):
            gone(office.database, caller, office.entry, file.evidence_id)
    with office.database.reading() as session:
        kept = session.get_one(Evidence, file.evidence_id)
        assert (kept.content, kept.removed_by, kept.title) == (None, "operator", "样品照片")
    told = office.history()[1:]
    assert [one["act"] for one in told] == ["evidence"] * 3
    assert told[-1]["changes"] == {"evidence": {"before": "样品照片", "after": None}}
    assert office.read()["human_version"] == 3


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://a.cn/1", "https://", "a.cn", "https://a.cn/a b", "https://[", ""]
)
def test_a_link_leads_to_a_page(office: Office, url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        evidence.add_link(office.database, office.request(), office.entry, "网页", url)
    assert caught.value.field == "url"


def test_a_file_is_neither_empty_nor_too_large(office: Office) -> None:
    for content in (b"", bytes(MAX_FILE + 1)):
        with pytest.raises(InvalidInput) as caught:
            evidence.add_file(office.database, office.request(), office.entry, "a", File("a", "", content))
        assert caught.value.field == "file"
    with pytest.raises(InvalidInput) as untitled:
        evidence.add_file(office.database, office.request(), office.entry, " ", File("a", "", b"1"))
    assert untitled.value.field == "title"


@pytest.mark.both_engines
def test_all_of_one_persons_entries_are_handed_over_at_once(office: Office) -> None:
    office.edit(owner="示例赵", technology_manager="示例赵")
    made = edits.add_entry(
        office.database, office.request(), office.demand, office.unmatched, changes={"owner": "示例李"}
    )
    elsewhere = edits.add_entry(
        office.database,
        Request(LOCAL_OPERATOR, office.desk.now),
        office.desk.demand(office.other, LEAK["title"]).id,
        office.unmatched,
        changes={"owner": "示例赵"},
    )
    done = hand_over_entries(office.database, office.request(), "own", "示例赵", " 示例孙 ")
    assert done.as_json() == {"entries": 1, "entry_ids": [office.entry]}
    entry = office.read()
    assert (entry["owner"], entry["technology_manager"]) == ("示例孙", "示例孙")
    assert [one.act for one in office.lines()] == ["edit", "add", "add", "hand_over"]
    assert office.audit() == [("hand_over", "1 entries: 示例赵 → 示例孙", office.own)]
    untouched = (made.entry_id, elsewhere.entry_id)
    owners = [
        edits.read_entry(office.database, LOCAL_OPERATOR, one, office.desk.now).owner for one in untouched
    ]
    assert owners == ["示例李", "示例赵"]
    for one, other, field in (("示例孙", "示例孙", "to"), (" ", "示例孙", "from"), ("示例孙", "", "to")):
        with pytest.raises(InvalidInput) as caught:
            hand_over_entries(office.database, office.request(), "own", one, other)
        assert caught.value.field == field


def test_suppliers_of_one_demand_are_compared_by_their_milestones(office: Office) -> None:
    assert compare_suppliers(office.database, office.operator, office.demand, office.desk.now).items == []
    office.edit(
        teaming="race",
        milestones=[
            {"name": "送检", "planned_on": "2026-10-01", "done_on": "2026-10-20"},
            {"name": "样机", "planned_on": "2026-11-01"},
        ],
    )
    made = edits.add_entry(
        office.database,
        office.request(),
        office.demand,
        office.unmatched,
        changes={"milestones": [{"name": "样机", "planned_on": "2026-11-02"}]},
    )
    told = compare_suppliers(office.database, office.operator, office.demand, office.desk.now).as_json()
    assert told["teaming"] == ["race"]
    assert [one["entry_id"] for one in told["items"]] == [office.entry, made.entry_id]
    states = {one["name"]: [cell["state"] for cell in one["cells"]] for one in told["milestones"]}
    assert states == {"送检": ["done", None], "样机": ["late", "open"]}


@pytest.mark.both_engines
def test_grades_are_read_page_by_page(office: Office) -> None:
    for value in (0, 1, 2):
        office.grade(value, "")
    page = grades.list_all_grades(office.database, office.operator, limit=2)
    assert page.next_cursor is not None
    rest = grades.list_all_grades(office.database, office.operator, cursor=page.next_cursor, limit=2)
    assert [one.grade for one in (*page.items, *rest.items)] == [0, 1, 2]
    assert rest.next_cursor is None
    with office.database.reading() as session:
        assert len(session.scalars(select(GradeRow)).all()) == 3


def test_an_ended_pair_keeps_a_reason_whatever_is_edited(office: Office) -> None:
    office.move(Stage.ENDED, reason="too_early")
    with pytest.raises(InvalidInput) as refused:
        office.edit(decline_code=None)
    assert refused.value.field == "decline_code"
    office.edit(decline_code=None, stall_code="funding")
    assert office.read()["stall_code"] == "funding"
    with pytest.raises(InvalidInput):
        office.edit(stall_code=None)


def test_contacts_in_names_of_milestones_and_files_are_masked_and_come_back(office: Office) -> None:
    office.edit(milestones=[{"name": f"致电{PHONE}", "note": f"或 {PHONE}"}])
    shown = office.read()["milestones"]
    assert PHONE not in str(shown)
    assert PHONE not in str(office.history())
    office.edit(milestones=[shown[0] | {"done_on": "2026-11-01"}])
    [kept] = office.read(unmask=True)["milestones"]
    assert (kept["name"], kept["note"], kept["done_on"]) == (f"致电{PHONE}", f"或 {PHONE}", "2026-11-01")
    file = File(f"{PHONE}.pdf", "application/pdf", b"x")
    added = evidence.add_file(office.database, office.request(), office.entry, "合影", file)
    assert PHONE not in str(added.file_name)
