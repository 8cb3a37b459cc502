"""The suppliers of one demand that people work on, together or in a race, compared by their milestones."""

from datetime import date, datetime
from typing import Any

from matcher.domain.access import Principal, Right
from matcher.domain.columns import Milestone
from matcher.domain.days import beijing_day
from matcher.domain.entries import EntryFilter, EntryView
from matcher.domain.errors import NotFound
from matcher.domain.listing import Side
from matcher.domain.text import mask_contacts
from matcher.pipeline.ledger.answers import EntryAnswer
from matcher.store import catalogue, ledger
from matcher.store.database import Database


def compare_suppliers(
    database: Database, principal: Principal, demand_id: int, now: datetime
) -> dict[str, Any]:
    """The entries of a demand that people have touched, and each milestone's state on each of them.

    A milestone is done, late (planned before today and not done), open, or None where the entry has none of
    that name. `teaming` holds the ways the entries name, joint or race.

    Raises:
        NotFound: no such demand, or another park's.
        Forbidden: the caller may not read entries.
    """
    principal.require(Right.READ_PARK)
    with database.reading() as session:
        demand = catalogue.find(session, Side.DEMAND, demand_id, principal.scope)
        if demand is None:
            raise NotFound(f"没有编号为 {demand_id} 的需求。", f"there is no demand {demand_id}.")
        found = ledger.entries(session, principal.scope, EntryFilter(demand_id=demand_id, in_view=True))
    entries = [entry for entry in found if entry.touched]
    today = beijing_day(now)
    names = dict.fromkeys(one.name for entry in entries for one in entry.work.milestones)
    return {
        "demand_id": demand.id,
        "demand_code": mask_contacts(demand.code),
        "demand_title": mask_contacts(demand.title),
        "teaming": sorted({entry.work.teaming.value for entry in entries if entry.work.teaming}),
        "items": [EntryAnswer.of(entry).as_json() for entry in entries],
        "milestones": [
            {"name": mask_contacts(name), "cells": [_cell(entry, name, today) for entry in entries]}
            for name in names
        ],
    }


def _cell(entry: EntryView, name: str, today: date) -> dict[str, Any]:
    held = next((one for one in entry.work.milestones if one.name == name), None)
    return {
        "entry_id": entry.id,
        "planned_on": _said(held.planned_on if held else None),
        "done_on": _said(held.done_on if held else None),
        "state": None if held is None else _state(held, today),
    }


def _state(milestone: Milestone, today: date) -> str:
    if milestone.done_on is not None:
        return "done"
    late = milestone.planned_on is not None and milestone.planned_on < today
    return "late" if late else "open"


def _said(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
