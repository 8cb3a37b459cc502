"""Long imports: laid out aside, put in place at one moment; other writers wait for that moment alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from matcher.domain.access import LOCAL_OPERATOR
from matcher.domain.errors import Conflict
from matcher.domain.listing import Achievement, Side
from matcher.pipeline.lists import writing
from matcher.pipeline.lists.undoing import undo_import
from matcher.store.database import Database
from tests.pipeline.given import Desk, dump, row, rows_of

pytestmark = pytest.mark.both_engines


@contextmanager
def while_laying_out(database: Database, act: Any) -> Iterator[list[str]]:
    """Calls `act` each time rows are handed to the temporary table; gives the statements that did."""
    statements: list[str] = []

    def watch(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO staged_listing"):
            statements.append(statement)
            act()

    event.listen(database.engine, "after_cursor_execute", watch)
    try:
        yield statements
    finally:
        event.remove(database.engine, "after_cursor_execute", watch)


def test_others_write_while_a_list_is_laid_out(desk: Desk) -> None:
    other = Database.open(desk.database.engine.url.render_as_string(hide_password=False))

    def write_something() -> None:
        with other.writing(dry_run=True):
            pass

    with while_laying_out(desk.database, write_something) as laid_out:
        answer = desk.supply(*rows_of("CG", 3))
    other.close()
    assert (answer.created, len(laid_out)) == (3, 1)


def test_a_change_meanwhile_has_the_import_planned_anew(desk: Desk) -> None:
    desk.supply(*rows_of("CG", 3))
    [first, *_] = desk.shelf().values()
    changes = iter([lambda: desk.withdraw(Side.SUPPLY, first)])
    with while_laying_out(desk.database, lambda: next(changes, lambda: None)()) as laid_out:
        answer = desk.supply(*rows_of("CG", 4), overwrite=True)
    assert len(laid_out) == 2
    assert (answer.created, answer.updated, answer.unchanged) == (1, 1, 2)
    assert all(held.withdrawn_at is None for held in desk.shelf().values())


def test_a_list_that_never_rests_is_refused_and_nothing_is_written(desk: Desk) -> None:
    desk.supply(*rows_of("CG", 2))
    numbers = iter(range(100, 200))

    def add_one() -> None:
        new = Achievement(title=f"另一项{next(numbers)}")
        writing.create_listing(desk.database, LOCAL_OPERATOR, new, desk.now)

    with while_laying_out(desk.database, add_one), pytest.raises(Conflict):
        desk.supply(*rows_of("XX", 2, start=50))
    assert not any(held.code.startswith("XX") for held in desk.shelf().values())


def test_a_failure_while_it_is_put_in_place_leaves_everything_as_it_was(desk: Desk) -> None:
    park = desk.park("hydrogen")
    desk.demands(park, *rows_of("XQ", 3))
    before = dump(desk.database)

    def break_off(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO demand_revision"):
            raise RuntimeError("broken off")

    event.listen(desk.database.engine, "before_cursor_execute", break_off)
    try:
        with pytest.raises(RuntimeError):
            desk.demands(park, *rows_of("XQ", 5, start=2))
    finally:
        event.remove(desk.database.engine, "before_cursor_execute", break_off)
    assert dump(desk.database) == before


def test_undoing_a_list_puts_back_content_and_identities(desk: Desk) -> None:
    desk.supply(row("甲泵", "旧文字", unit="某所"), row("乙泵", "文字", unit="某所"))
    before = {title: (held.listing, held.withdrawn_at) for title, held in desk.shelf().items()}
    made = desk.supply(
        row("甲泵", "新文字", unit="某所"), row("耐磨涂层材料", "陶瓷", unit="另一所"), full=True
    )
    assert (made.created, made.updated, made.withdrawn) == (1, 1, 1)
    assert made.import_id is not None
    undone = undo_import(desk.database, made.import_id, LOCAL_OPERATOR, desk.now)
    assert (undone.updated, undone.withdrawn) == (2, 1)
    after = desk.shelf()
    assert {title: (after[title].listing, after[title].withdrawn_at) for title in before} == before
    assert after["耐磨涂层材料"].withdrawn_at is not None
