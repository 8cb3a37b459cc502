"""The history of one entry: what people and runs did to it, oldest first."""

from datetime import datetime
from typing import Any

from matcher.domain.access import Principal, Right
from matcher.domain.text import mask_contacts
from matcher.domain.work import masked
from matcher.pipeline.ledger.grades import no_entry
from matcher.pipeline.ledger.past.differences import causes_in_chinese
from matcher.store import human_columns as stored
from matcher.store import ledger, states
from matcher.store.database import Database
from matcher.store.records import work_from_record, work_to_record
from matcher.store.tables import EntryState, HumanChange, RunRow

_FIGURES = ("standing", "cause", "rank", "similarity", "score", "probability")
_VERSIONS = ("demand_version", "achievement_version")


def read_history(database: Database, principal: Principal, entry_id: int) -> list[dict[str, Any]]:
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
        people = [_by_people(one) for one in stored.history(session, principal.scope, entry_id)]
        machine = _by_machine(states.of_entry(session, principal.scope, entry_id))
    found = sorted([*machine, *people], key=lambda one: one[0])
    return [item for _, item in found]


def _by_people(change: HumanChange) -> tuple[datetime, dict[str, Any]]:
    changes = {
        name: {"before": _masked(name, before), "after": _masked(name, after)}
        for name, (before, after) in change.changes.items()
    }
    said = {"kind": "people", "actor": change.actor, "act": change.act, "via": change.via, "run_id": None}
    return change.at, {"at": change.at.isoformat(), **said, "changes": changes, "causes": [], "causes_zh": []}


def _by_machine(rows: list[tuple[EntryState, RunRow]]) -> list[tuple[datetime, dict[str, Any]]]:
    items = []
    before: dict[str, Any] = dict.fromkeys((*_FIGURES, *_VERSIONS))
    for state, run in rows:
        after = {name: getattr(state, name) for name in (*_FIGURES, *_VERSIONS)}
        changes = {
            name: {"before": before[name], "after": value}
            for name, value in after.items()
            if before[name] != value
        }
        at = run.finished_at or run.started_at
        item = {
            "at": at.isoformat(),
            "kind": "machine",
            "actor": "matcher",
            "act": state.event,
            "via": run.trigger,
            "run_id": run.id,
            "changes": changes,
            "causes": list(state.causes),
            "causes_zh": causes_in_chinese(state.causes),
        }
        items.append((at, item))
        before = after
    return items


def _masked(name: str, value: Any) -> Any:
    if name == "evidence":
        return None if value is None else mask_contacts(value)
    return work_to_record(masked(work_from_record({name: value})))[name]
