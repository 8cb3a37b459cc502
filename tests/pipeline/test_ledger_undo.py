"""An import undone by someone who may work on some of its entries alone."""

from dataclasses import replace

import pytest

from matcher.domain.access import LOCAL_OPERATOR, Principal, Role, Scope
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger.sheets.undo import list_imports, undo_import
from tests.pipeline.given import Desk
from tests.pipeline.test_ledger_import import brought, exported, filled, ledger_of, put, with_rows


@pytest.mark.both_engines
def test_undoing_ones_own_entries_leaves_the_rest_to_others(desk: Desk) -> None:
    park = filled(desk)
    first, *_ = ledger_of(desk, park)
    put(desk, first, replace(first.work, owner="示例李经理"))
    done = brought(desk, with_rows(exported(desk), {0: {"notes": "甲"}, 1: {"notes": "乙"}}))
    manager = Principal("li", Role.TECHNOLOGY_MANAGER, Scope(frozenset({park})), subject="示例李经理")

    mine = undo_import(desk.database, Request(manager, desk.now), done["import_id"])
    assert (mine.rows_restored, len(mine.conflicts)) == (1, 1)
    assert [one.undone_at for one in list_imports(desk.database, LOCAL_OPERATOR).items] == [None]

    rest = undo_import(desk.database, Request(LOCAL_OPERATOR, desk.now), done["import_id"])
    assert rest.rows_restored == 1
    assert [entry.work.notes for entry in ledger_of(desk, park)[:2]] == ["", ""]
    assert [one.undone_at for one in list_imports(desk.database, LOCAL_OPERATOR).items] != [None]
