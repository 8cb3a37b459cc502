"""Whatever people and files do to a list, in whatever order, its rules hold."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from matcher.domain.access import LOCAL_OPERATOR
from matcher.domain.errors import Conflict
from matcher.domain.listing import Side, content_digest, identity_key
from matcher.pipeline.lists.import_plan import Renames
from matcher.pipeline.lists.undoing import undo_import
from matcher.store import catalogue
from matcher.store.catalogue import held, listing_of
from matcher.store.tables import AchievementRevision, AchievementRow
from tests.pipeline.conftest import NewDesk
from tests.pipeline.given import dump, row

TITLES = ["液氢低温阀门", "液氢用低温阀门", "低温阀门液氢", "焊缝缺陷识别", "土壤墒情反演"]
ROWS = st.builds(
    lambda title, text, code: row(title, text, unit="甲所", code=code),
    st.sampled_from([*TITLES, ""]),
    st.sampled_from(["", "第一种说明", "第二种说明"]),
    st.sampled_from(["", "", "C-1", "C-2"]),
)
LISTS = st.lists(ROWS, max_size=5)


class Lists(RuleBasedStateMachine):
    def __init__(self, new_desk: NewDesk) -> None:
        super().__init__()
        self.desk = new_desk()
        self.imports: list[int] = []
        self.seen = (0, 0)

    def rows(self) -> list[AchievementRow]:
        with self.desk.database.reading() as session:
            return list(session.scalars(select(AchievementRow).order_by(AchievementRow.id)))

    @rule(rows=LISTS, full=st.booleans(), overwrite=st.booleans(), renames=st.sampled_from(Renames))
    def import_twice(self, rows: list[dict[str, str]], **options: Any) -> None:
        report = self.desk.supply(*rows, **options)
        told = report.created + report.updated + report.unchanged + report.rejected
        assert report.rows == told
        if report.import_id is not None:
            self.imports.append(report.import_id)
        self.settle()
        before = dump(self.desk.database)
        again = self.desk.supply(*rows, **options)
        assert (again.created, again.updated, again.withdrawn) == (0, 0, 0)
        assert dump(self.desk.database) == before

    @rule(which=st.integers(0, 9), text=st.sampled_from(["园区改过", "第一种说明"]))
    def edit(self, which: int, text: str) -> None:
        if rows := self.rows():
            self.desk.edit(held(rows[which % len(rows)]), abstract=text)

    @rule(which=st.integers(0, 9))
    def withdraw(self, which: int) -> None:
        if rows := self.rows():
            self.desk.withdraw(Side.SUPPLY, held(rows[which % len(rows)]))

    @rule(which=st.integers(0, 9))
    def undo(self, which: int) -> None:
        if not self.imports:
            return
        before = dump(self.desk.database)
        try:
            undo_import(
                self.desk.database, self.imports[which % len(self.imports)], LOCAL_OPERATOR, self.desk.now
            )
        except Conflict:
            assert dump(self.desk.database) == before

    def settle(self) -> None:
        with self.desk.database.reading() as session:
            counter = catalogue.revision(session)
            written = len(session.scalars(select(AchievementRevision.id)).all())
        former_counter, former_written = self.seen
        assert counter - former_counter == (1 if written > former_written else 0)
        self.seen = (counter, written)

    @invariant()
    def the_counter_rises_exactly_when_something_changed(self) -> None:
        self.settle()

    @invariant()
    def the_current_row_is_the_newest_revision(self) -> None:
        with self.desk.database.reading() as session:
            revisions = session.scalars(select(AchievementRevision).order_by(AchievementRevision.id)).all()
        for one in self.rows():
            own = [revision for revision in revisions if revision.listing_id == one.id]
            assert [revision.version for revision in own] == list(range(1, one.version + 1))
            assert own[-1].data == one.data
            assert own[-1].withdrawn == (one.withdrawn_at is not None)
            listing = listing_of(one)
            assert (one.digest, one.key) == (content_digest(listing), identity_key(listing))


def test_revisions_versions_and_the_catalogue_counter_always_agree(new_desk: NewDesk) -> None:
    run_state_machine_as_test(
        lambda: Lists(new_desk),  # type: ignore[arg-type]
        settings=settings(
            max_examples=25,
            stateful_step_count=10,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
