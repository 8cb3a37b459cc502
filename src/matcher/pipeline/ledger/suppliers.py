"""The suppliers of one demand that people work on, together or in a race, compared by their milestones."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from matcher.domain.access import Principal, Right
from matcher.domain.columns import Milestone
from matcher.domain.days import beijing_day
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.listing import Side
from matcher.domain.stages import Teaming
from matcher.domain.text import mask_contacts
from matcher.pipeline.answers import Answer
from matcher.pipeline.ledger.answers import EntryAnswer
from matcher.pipeline.lists.held import held_listing
from matcher.store import ledger
from matcher.store.database import Database


class MilestoneCell(Answer):
    """一家供方的一个里程碑；没有这个里程碑的，`state` 为 null。"""

    entry_id: int
    planned_on: date | None
    done_on: date | None
    state: Literal["done", "late", "open"] | None = Field(description="done 已完成、late 逾期、open 未到期")


class MilestoneRow(Answer):
    """一个里程碑在各家供方的进展，顺序与 `items` 相同。"""

    name: str
    cells: list[MilestoneCell]


class SuppliersAnswer(Answer):
    """一项需求的几家供方。"""

    demand_id: int
    demand_code: str
    demand_title: str
    teaming: list[Teaming] = Field(description="各条台账写明的关系：joint 联合攻关、race 赛马")
    items: list[EntryAnswer]
    milestones: list[MilestoneRow]


def compare_suppliers(
    database: Database, principal: Principal, demand_id: int, now: datetime
) -> SuppliersAnswer:
    """The entries of a demand that people have touched, and each milestone's state on each of them.

    A milestone is done, late (planned before today and not done), open, or None where the entry has none of
    that name. `teaming` holds the ways the entries name, joint or race.

    Raises:
        NotFound: no such demand, or another park's.
        Forbidden: the caller may not read entries.
    """
    principal.require(Right.READ_PARK)
    with database.reading() as session:
        demand = held_listing(session, Side.DEMAND, demand_id, principal.scope)
        in_view = ledger.entries(session, principal.scope, EntryFilter(demand_id=demand_id, in_view=True))
    entries = [entry for entry in in_view if entry.touched]
    today = beijing_day(now)
    names = dict.fromkeys(milestone.name for entry in entries for milestone in entry.work.milestones)
    return SuppliersAnswer(
        demand_id=demand.id,
        demand_code=mask_contacts(demand.code),
        demand_title=mask_contacts(demand.title),
        teaming=sorted({entry.work.teaming for entry in entries if entry.work.teaming}),
        items=[EntryAnswer.of(entry) for entry in entries],
        milestones=[
            MilestoneRow(name=mask_contacts(name), cells=[_cell(entry, name, today) for entry in entries])
            for name in names
        ],
    )


def _cell(entry: EntryView, name: str, today: date) -> MilestoneCell:
    milestone = next((milestone for milestone in entry.work.milestones if milestone.name == name), None)
    if milestone is None:
        return MilestoneCell(entry_id=entry.id, planned_on=None, done_on=None, state=None)
    return MilestoneCell.made_of(milestone, entry_id=entry.id, state=_state(milestone, today))


def _state(milestone: Milestone, today: date) -> str:
    if milestone.done_on is not None:
        return "done"
    late = milestone.planned_on is not None and milestone.planned_on < today
    return "late" if late else "open"
