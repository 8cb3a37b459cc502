"""From a park's grades to a scoring in use, and back; what one park's grades never do to another."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR, Role
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.errors import Conflict, Forbidden, InvalidInput, NotFound
from matcher.domain.listing import Side
from matcher.domain.scoring import DEFAULT_SCORER
from matcher.domain.stages import DeclineCode
from matcher.domain.standings import ChangeCause
from matcher.domain.work import grade
from matcher.learning.figures import Measuring
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.edits import grade_entry
from matcher.pipeline.ledger.entries import list_entries
from matcher.pipeline.ledger.past.differences import ledger_diff
from matcher.pipeline.ledger.sheets.undo import undo_import
from matcher.pipeline.nights.vectors import vectors_of
from matcher.pipeline.scoring import scorings
from matcher.pipeline.scoring.learn import Learn
from matcher.pipeline.scoring.park_grades import grades_of_park
from matcher.store import catalogue, ledger
from matcher.store import scorings as stored
from matcher.store.catalogue import Shelf
from matcher.store.human_columns import Act, write
from tests.pipeline.desks import DeskLike
from tests.pipeline.given import Desk, operator_of, rows_of
from tests.pipeline.test_ledger_import import brought, exported, with_cells

Grade = Callable[[EntryView], int]


class Office:
    """Two parks with eight demands each and a supply list, matched once; "a" is the one that learns."""

    def __init__(self, desk: Desk, a: int, b: int) -> None:
        self.desk, self.database = desk, desk.database
        self.a, self.b = a, b

    def entries(self, park: int) -> list[EntryView]:
        return list_entries(self.database, DISTRICT, EntryFilter(park_id=park))[0]

    def grade(self, park: int, value: Grade, limit: int | None = None) -> None:
        for entry in self.entries(park)[:limit]:
            grade_entry(self.database, self.request(), entry.id, value(entry), "")

    def request(self, **more: Any) -> Request:
        return Request(LOCAL_OPERATOR, self.desk.now, **more)

    def learner(self) -> Learn:
        return self.desk.learn()

    def learn(self, park: str = "a", *, adopt: bool = False, **more: Any) -> dict[str, Any]:
        return self.learner().from_ledger(self.request(**more), park, adopt=adopt).as_json()

    def back(self, park: str | None = "a") -> dict[str, Any]:
        return scorings.use_former(self.database, self.request(), DEFAULT_SCORER, park).as_json()

    def use(self, scoring_id: int | None, park: str | None = "a", **more: Any) -> dict[str, Any]:
        request = Request(more.get("who", LOCAL_OPERATOR), self.desk.now)
        return scorings.use_scoring(self.database, request, DEFAULT_SCORER, park, scoring_id).as_json()


def matched(desk: Desk) -> tuple[int, int]:
    parks = desk.park("a"), desk.park("b")
    desk.supply(*rows_of("S", 24))
    for park in parks:
        desk.demands(park, *rows_of("D", 8))
    desk.refresh(top_k=10)
    return parks


@pytest.fixture
def office(desk_like: DeskLike) -> Office:
    desk, parks = desk_like(matched)
    return Office(desk, *parks)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve queries, each with one good document and five poor ones, as others give them."""
    made = tmp_path / "contest"
    made.mkdir()
    for name, kind, count in (("corpus", "S", 24), ("queries", "D", 12)):
        texts = [
            {"_id": f"{kind}{n}", "title": one["title"], "text": one["text"]}
            for n, one in enumerate(rows_of(kind, count))
        ]
        lines = (json.dumps(one, ensure_ascii=False) for one in texts)
        (made / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    judged = [f"D{n}\tS{m}\t{3 if n == m else 0}" for n in range(12) for m in range(n, n + 6)]
    (made / "qrels.tsv").write_text("\n".join(judged), "utf-8")
    return made


def stored_revision(office: Office) -> int:
    with office.database.reading() as session:
        return catalogue.revision(session)


def only_the_first_fits(entry: EntryView) -> int:
    return 3 if entry.rank == 1 else 0


def lots(entry: EntryView) -> int:
    """Grades that have nothing to do with the pair."""
    return entry.id * 7919 // 13 % 4


def figures(entries: list[EntryView]) -> dict[int, tuple[Any, ...]]:
    return {
        one.id: (one.rank, one.score, one.probability, one.similarity, dict(one.contributions))
        for one in entries
    }


@pytest.mark.both_engines
def test_grades_teach_a_park_a_scoring_that_its_next_night_takes_up_and_that_can_be_taken_back(
    office: Office,
) -> None:
    before = {park: office.entries(park) for park in (office.a, office.b)}
    office.grade(office.a, only_the_first_fits)
    learned = office.learn(adopt=True)
    assert (learned["adopted"], learned["park"], learned["source"]) == (True, "a", "ledger")
    assert learned["learned_from"] == {"grades": 80, "demands": 8, "leads": 8, "explored": 0}
    judged = learned["evaluation"]
    assert judged["learned"]["log_loss"] < judged["current"]["log_loss"]
    assert (judged["better"], judged["against"]) == (True, DEFAULT_SCORER.version)

    assert office.desk.refresher(top_k=10).is_due()
    report = office.desk.refresh(top_k=10)
    assert report.entries_changed + report.entries_created > 0
    difference = ledger_diff(office.database, DISTRICT)
    moved = [*difference.new, *difference.changed]
    assert {one.park for one in moved} == {"a"}
    for one in moved:
        assert ChangeCause.SCORER.value in [str(cause) for cause in one.causes]
    assert difference.run.scorers == {"a": learned["scorer"]}
    assert difference.run.scorer == DEFAULT_SCORER.version
    now = office.entries(office.a)
    assert figures(now) != figures(before[office.a])
    explored = next(entry for entry in now if entry.explored)
    grade_entry(office.database, office.request(), explored.id, 1, "")
    assert office.learn()["learned_from"]["explored"] == 1
    assert [replace(one, run_id=None) for one in office.entries(office.b)] == [
        replace(one, run_id=None) for one in before[office.b]
    ]

    assert office.back() == {
        "park": "a",
        "scoring_id": None,
        "scorer": None,
        "at": office.desk.now.isoformat(),
    }
    office.desk.refresh(top_k=10)
    restored = {entry.id: entry for entry in office.entries(office.a)}
    assert figures([restored[one.id] for one in before[office.a]]) == figures(before[office.a])
    assert office.back()["scoring_id"] == learned["scoring_id"], "undoing the undoing"


def test_another_parks_grades_never_enter(office: Office) -> None:
    office.grade(office.a, only_the_first_fits)
    first = office.learn()
    office.grade(office.b, lambda entry: 3 - only_the_first_fits(entry), limit=30)
    second = office.learn()
    for name in ("weights", "learned_from", "evaluation"):
        assert first[name] == second[name]
    assert first["calibration"]["odds"] == second["calibration"]["odds"]
    with pytest.raises(NotFound):
        office.learner().from_ledger(Request(operator_of(office.b), office.desk.now), "a", adopt=True)


def test_what_is_not_better_is_kept_and_not_used(office: Office) -> None:
    office.grade(office.a, lots, limit=20)
    office.desk.refresh(top_k=10)
    revision = stored_revision(office)
    learned = office.learn(adopt=True)
    assert (learned["adopted"], learned["evaluation"]["better"]) == (False, False)
    assert learned["evaluation"]["why_zh"]
    assert learned["evaluation"]["why_en"]
    assert scorings.get_scoring(office.database, LOCAL_OPERATOR, learned["scoring_id"]).as_json() == {
        name: value for name, value in learned.items() if name != "adopted"
    }
    assert stored_revision(office) == revision
    assert not office.desk.refresher(top_k=10).is_due()


def test_what_grades_move_within_a_demand_teaches_nothing_more(office: Office) -> None:
    office.grade(office.a, only_the_first_fits, limit=45)
    before = figures(office.entries(office.a))
    first = office.learn()
    office.desk.refresh(top_k=10)
    assert figures(office.entries(office.a)) != before
    second = office.learn()
    for name in ("weights", "learned_from", "evaluation"):
        assert first[name] == second[name]
    assert first["calibration"]["odds"] == second["calibration"]["odds"]


def test_twenty_grades_hardly_move_what_is_in_use(office: Office) -> None:
    office.grade(office.a, only_the_first_fits, limit=20)
    learned = office.learn()
    assert learned["learned_from"]["grades"] == 20
    for name, weight in DEFAULT_SCORER.weights.items():
        assert learned["weights"].get(name, 0.0) == pytest.approx(weight, abs=0.1)


@pytest.mark.parametrize("graded", [only_the_first_fits, lambda _: 3, lambda _: 0])
def test_grades_that_teach_nothing_are_refused_with_what_is_missing(office: Office, graded: Grade) -> None:
    office.grade(office.a, graded, limit=10)  # those of one demand
    with pytest.raises(InvalidInput) as refused:
        office.learn(adopt=True)
    assert "需求" in refused.value.zh
    with pytest.raises(InvalidInput):
        office.learn("b")
    assert scorings.list_scorings(office.database, LOCAL_OPERATOR, DEFAULT_SCORER).items == []


def measured(office: Office) -> dict[int, Any]:
    """The grades of park a by entry, with their figures."""
    with office.database.reading() as session:
        held = grades_of_park(session, office.a)
    vectors = partial(vectors_of, office.database, office.desk.encoder)
    found = Measuring(vectors, office.desk.service.build_channels).of_ledger(held)
    return dict(zip([one.entry_id for one in held.grades], found, strict=True))


def test_figures_are_those_the_run_had_in_the_versions_that_the_person_saw(office: Office) -> None:
    office.grade(office.a, only_the_first_fits)
    seen = {entry.id: entry for entry in office.entries(office.a)}
    for demand in office.desk.shelf(Shelf(Side.DEMAND, park_id=office.a)).values():
        office.desk.edit(demand, detail="焊缝图像缺陷识别，与从前无关", problems="温室大棚土壤墒情反演")
    for entry_id, one in measured(office).items():
        found = DEFAULT_SCORER.contributions(one.figures)
        assert found == pytest.approx(dict(seen[entry_id].contributions), abs=1e-6)
        assert "dense_problems" not in one.figures, "the version seen stated none: unknown, and not 0"
        assert "maturity" not in one.figures


def test_the_newest_grade_counts_and_one_taken_back_with_its_import_does_not(office: Office) -> None:
    one, two, *_ = office.entries(office.a)
    for value in (0, 3):
        grade_entry(office.database, office.request(), one.id, value, "")
    done = brought(office.desk, with_cells(exported(office.desk), 1, grade=2))
    assert {entry: held.grade for entry, held in measured(office).items()} == {one.id: 3, two.id: 2}
    undo_import(office.database, office.request(), done["import_id"])
    assert {entry: held.grade for entry, held in measured(office).items()} == {one.id: 3}


def test_the_reason_for_declining_goes_with_the_grade(office: Office) -> None:
    one, two, *_ = office.entries(office.a)
    grade_entry(office.database, office.request(), one.id, 1, "too_early")
    grade_entry(office.database, office.request(), two.id, 1, "")
    declined = replace(grade(two.work, 1, ""), decline_code=DeclineCode.BENEFIT_UNCLEAR)
    with office.database.writing() as session:
        act = Act(actor="示例", at=office.desk.now, act="stage")
        held = ledger.entry(session, DISTRICT, two.id)
        assert held is not None
        write(session, held, declined, act)
    found = measured(office)
    assert found[one.id].decline is DeclineCode.TOO_EARLY
    assert found[two.id].decline is DeclineCode.BENEFIT_UNCLEAR


def test_a_park_uses_its_own_scorings_and_the_installations_and_never_anothers(
    office: Office, folder: Path
) -> None:
    office.grade(office.a, only_the_first_fits)
    own = office.learn()["scoring_id"]
    shared = office.learner().from_folder(office.request(), folder, adopt=False).as_json()
    assert (shared["park"], shared["source"]) == (None, folder.name)
    for choose in (own, shared["scoring_id"], None):
        assert office.use(choose)["scoring_id"] == choose
    with pytest.raises(InvalidInput) as refused:
        office.use(own, "b")
    assert refused.value.field == "scoring_id"
    with pytest.raises(InvalidInput):
        office.use(own, None)
    stranger, reader = operator_of(office.b), operator_of(office.a, role=Role.READER)
    with pytest.raises(NotFound):
        office.use(own, "b", who=stranger)
    with pytest.raises(NotFound):
        office.use(own, "a", who=stranger)
    with pytest.raises(NotFound):
        scorings.get_scoring(office.database, stranger, own)
    seen = scorings.list_scorings(office.database, stranger, DEFAULT_SCORER).items
    assert [one.scoring_id for one in seen] == [shared["scoring_id"]]
    for who in (stranger, reader):
        with pytest.raises(Forbidden):
            office.use(shared["scoring_id"], None, who=who)
    with pytest.raises(Forbidden):
        office.use(own, "a", who=reader)
    with pytest.raises(Forbidden):
        office.learner().from_folder(Request(stranger, office.desk.now), folder, adopt=True)
    assert office.use(shared["scoring_id"], "b", who=stranger)["scorer"] == shared["scorer"]


@pytest.mark.both_engines
def test_the_installations_scoring_moves_every_park_but_those_with_their_own(
    office: Office, folder: Path
) -> None:
    office.grade(office.a, only_the_first_fits)
    assert office.learn(adopt=True)["adopted"]
    office.desk.refresh(top_k=10)
    before = figures(office.entries(office.a))
    shared = office.learner().from_folder(office.request(), folder, adopt=False).as_json()
    office.use(shared["scoring_id"], None)
    office.desk.refresh(top_k=10)
    assert figures(office.entries(office.a)) == before
    difference = ledger_diff(office.database, DISTRICT)
    assert {one.park for one in (*difference.new, *difference.changed)} == {"b"}
    assert difference.run.scorer == shared["scorer"]


def test_what_is_chosen_again_makes_no_choice_and_with_none_there_is_nothing_to_take_back(
    office: Office,
) -> None:
    with pytest.raises(Conflict):
        office.back()
    revision = stored_revision(office)
    assert office.use(None)["at"] is None
    assert stored_revision(office) == revision
    office.grade(office.a, only_the_first_fits)
    own = office.learn()["scoring_id"]
    assert office.use(own) == office.use(own)
    assert stored_revision(office) == revision + 1
    with office.database.reading() as session:
        assert len(stored.last_choices(session, office.a, 9)) == 1


@pytest.mark.both_engines
def test_a_choice_made_while_learning_is_not_overwritten(office: Office) -> None:
    office.grade(office.a, only_the_first_fits)
    own = office.learn()["scoring_id"]

    def meanwhile(stage: str, done: int, _total: int) -> None:
        if stage == "learn" and done == 1:
            office.use(own)

    with pytest.raises(Conflict):
        office.learner().from_ledger(office.request(), "a", adopt=True, progress=meanwhile)
    assert len(scorings.list_scorings(office.database, LOCAL_OPERATOR, DEFAULT_SCORER).items) == 1


def test_a_repeated_request_is_answered_without_learning_again(office: Office) -> None:
    office.grade(office.a, only_the_first_fits)
    stages: list[str] = []

    def note(stage: str, _done: int, _total: int) -> None:
        stages.append(stage)

    asked = office.request(key="k", digest="d")
    first = office.learner().from_ledger(asked, "a", adopt=False, progress=note)
    stages.clear()
    again = office.learner().from_ledger(asked, "a", adopt=False, progress=note)
    assert again.replayed
    assert (again.as_json(), stages) == (first.as_json(), [])
    with pytest.raises(Conflict):
        office.learn(key="k", digest="other")
