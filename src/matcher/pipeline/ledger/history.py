"""The history of one entry: what people and runs did to it, oldest first."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from matcher.domain.access import Principal, Right
from matcher.domain.difference import FIGURES
from matcher.domain.text import mask_contacts
from matcher.domain.work import masked
from matcher.pipeline.answers import Answer, Moment
from matcher.pipeline.ledger.answers import no_entry
from matcher.pipeline.ledger.past.differences import causes_in_chinese
from matcher.store import human_columns as stored
from matcher.store import ledger, states
from matcher.store.database import Database
from matcher.store.human_columns import PastChange
from matcher.store.records import work_from_record, work_to_record
from matcher.store.states import PastState

_COMPARED = ("standing", "cause", *FIGURES, "demand_version", "achievement_version")
"""The machine's columns that the history tells of."""


class ColumnChange(Answer):
    """一列的前后两个值。"""

    before: Any
    after: Any


class HistoryItem(Answer):
    """人或批处理的一次改动。"""

    at: Moment
    kind: Literal["people", "machine"] = Field(description="people 人、machine 批处理")
    actor: str = Field(description="谁")
    act: str = Field(
        description="做了什么。人：add、edit、stage、grade、reply、hand_over、import、undo、evidence、erase；"
        "批处理：created、changed、returned、vanished"
    )
    via: str = Field(description="经由：人为 rest、workbook、cli，批处理为启动方式")
    run_id: int | None = Field(description="哪一次运行")
    changes: dict[str, ColumnChange] = Field(description="列名 → 前后两个值")
    causes: list[str] = Field(description="批处理所作改动的原因代码")
    causes_zh: list[str] = Field(description="原因")


class HistoryAnswer(Answer):
    """一条台账的全部改动，最早的在前。"""

    items: list[HistoryItem]


def read_history(database: Database, principal: Principal, entry_id: int) -> HistoryAnswer:
    """Every change of an entry, oldest first; contacts in texts are masked.

    `kind` says who did it: people, or the machine, whose `via` is the run's trigger and `act` its event.

    Raises:
        NotFound: no such entry, or another park's.
        Forbidden: the caller may not read entries.
    """
    principal.require(Right.READ_PARK)
    with database.reading() as session:
        if ledger.entry(session, principal.scope, entry_id) is None:
            raise no_entry(entry_id)
        changes = stored.history(session, principal.scope, entry_id)
        runs = states.of_entry(session, principal.scope, entry_id)
    items = [*_by_machine(runs), *map(_by_people, changes)]
    return HistoryAnswer(items=sorted(items, key=lambda item: item.at))


def _by_people(change: PastChange) -> HistoryItem:
    changes = {
        name: ColumnChange(before=_masked(name, before), after=_masked(name, after))
        for name, (before, after) in change.changes.items()
    }
    return HistoryItem.made_of(change, kind="people", run_id=None, changes=changes, causes=[], causes_zh=[])


def _by_machine(left: Sequence[PastState]) -> list[HistoryItem]:
    items = []
    before: dict[str, Any] = dict.fromkeys(_COMPARED)
    for past in left:
        after = {name: getattr(past.state, name) for name in _COMPARED}
        changes = {
            name: ColumnChange(before=before[name], after=value)
            for name, value in after.items()
            if before[name] != value
        }
        act = {"act": past.event, "via": past.trigger, "causes_zh": causes_in_chinese(past.causes)}
        items.append(HistoryItem.made_of(past, kind="machine", actor="matcher", changes=changes, **act))
        before = after
    return items


def _masked(name: str, value: Any) -> Any:
    if name == "evidence":
        return None if value is None else mask_contacts(value)
    return work_to_record(masked(work_from_record({name: value})))[name]
