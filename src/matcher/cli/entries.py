"""Work on the ledger's entries: `matcher ledger show`, `set`, `stage`, `grade`, `add`, `due` and the like."""

import json
from datetime import datetime
from typing import Annotated, Any

import typer

from matcher.bootstrap import Service
from matcher.cli.codes import choices, code_of
from matcher.cli.entry_tables import print_entry, print_history
from matcher.cli.output import out, print_json, print_table, say
from matcher.cli.session import AsJson, opened
from matcher.domain.access import LOCAL_OPERATOR
from matcher.domain.columns import BY_KEY, Kind
from matcher.domain.entries import MAX_ID
from matcher.domain.errors import InvalidInput
from matcher.domain.stages import Stage
from matcher.pipeline.idempotency import Request
from matcher.pipeline.ledger import edits, exclusions, history
from matcher.pipeline.ledger.due import list_due
from matcher.pipeline.ledger.hand_over import hand_over_entries

EntryId = Annotated[int, typer.Argument(help="Id of the entry.", metavar="ID", min=1, max=MAX_ID)]
Columns = Annotated[
    list[str],
    typer.Argument(help="What to write, such as due=2026-12-01; COLUMN= empties.", metavar="COLUMN=VALUE..."),
]
DemandId = Annotated[int, typer.Option("--demand", help="Id of the demand.", min=1, max=MAX_ID)]
AchievementId = Annotated[
    int, typer.Option("--achievement", help="Id of the achievement.", min=1, max=MAX_ID)
]


def show(
    entry_id: EntryId,
    original_columns: Annotated[
        bool, typer.Option("--original-columns", help="With the columns that the lists have beside.")
    ] = False,
    unmask: Annotated[bool, typer.Option("--unmask", help="Show contacts; this is recorded.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show one entry: the pair, what the batch says of it, and what people wrote."""
    with opened() as service:
        entry = edits.read_entry(
            service.database,
            LOCAL_OPERATOR,
            entry_id,
            service.now(),
            unmask=unmask,
            original_columns=original_columns,
        )
    print_entry(entry, as_json=as_json)


def show_history(entry_id: EntryId, as_json: AsJson = False) -> None:
    """Show every change of one entry, by people and by runs, oldest first."""
    with opened() as service:
        items = history.read_history(service.database, LOCAL_OPERATOR, entry_id).as_json()["items"]
    if as_json:
        print_json(items)
        return
    print_history(items)


def set_columns(entry_id: EntryId, columns: Columns, as_json: AsJson = False) -> None:
    """Write columns of one entry, such as owner, due, notes or amount (万元)."""
    changes = _changes(columns)
    with opened() as service:
        entry = edits.edit_entry(service.database, _request(service), entry_id, changes)
    print_entry(entry, as_json=as_json)


def move(
    entry_id: EntryId,
    stage: Annotated[Stage, typer.Argument(help="Where it goes.", metavar="STAGE", parser=code_of(Stage))],
    reason: Annotated[str | None, typer.Option(help="Code of the reason; ending takes one.")] = None,
    return_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day to return; pausing takes one.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Move one entry to another stage."""
    day = None if return_on is None else return_on.date()
    with opened() as service:
        entry = edits.move_entry(
            service.database, _request(service), entry_id, stage, reason=reason, return_on=day
        )
    print_entry(entry, as_json=as_json)


def grade(
    entry_id: EntryId,
    value: Annotated[
        int, typer.Argument(help="0 none, 1 weak, 2 fairly strong, 3 strong.", metavar="GRADE", min=0, max=3)
    ],
    reason: Annotated[str, typer.Option(help="Why: a text, or the code of a decline.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write the enterprise's grade of a match, with what it was told of it."""
    with opened() as service:
        entry = edits.grade_entry(service.database, _request(service), entry_id, value, reason)
    print_entry(entry, as_json=as_json)


def add(
    demand: DemandId,
    achievement: AchievementId,
    columns: Annotated[
        list[str] | None, typer.Argument(help="As for `set`.", metavar="[COLUMN=VALUE]...")
    ] = None,
    stage: Annotated[
        Stage, typer.Option(help="Where it starts.", metavar=choices(Stage), parser=code_of(Stage))
    ] = Stage.SCREENING,
    as_json: AsJson = False,
) -> None:
    """Add a pair that no run proposed."""
    changes = _changes(columns or [])
    with opened() as service:
        entry = edits.add_entry(
            service.database, _request(service), demand, achievement, stage=stage, changes=changes
        )
    print_entry(entry, as_json=as_json)


def exclude(
    demand: DemandId,
    achievement: AchievementId,
    reason: Annotated[str, typer.Option(help="Why the pair is never to be proposed.")],
    as_json: AsJson = False,
) -> None:
    """Exclude a pair for good: from the next run on it is not proposed."""
    with opened() as service:
        excluded = exclusions.exclude_pair(service.database, _request(service), demand, achievement, reason)
    if as_json:
        print_json(excluded.as_json())
        return
    _print_exclusions([excluded.as_json()])


def list_exclusions(
    park: Annotated[str | None, typer.Option(help="Only this park's.")] = None,
    lift: Annotated[
        int | None, typer.Option(help="Lift this one first (its number).", min=1, max=MAX_ID)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the pairs that are excluded for good, or lift an exclusion."""
    with opened() as service:
        if lift is not None:
            exclusions.lift_exclusion(service.database, _request(service), lift)
        page = exclusions.list_exclusions(service.database, LOCAL_OPERATOR, park=park, limit=10_000)
    items = page.as_json()["items"]
    if as_json:
        print_json(items)
        return
    _print_exclusions(items)


def show_due(
    park: Annotated[str | None, typer.Option(help="Only this park's entries.")] = None,
    person: Annotated[str | None, typer.Option(help="Only this owner's or technology manager's.")] = None,
    days: Annotated[int, typer.Option(min=0, max=366, help="How many days ahead.")] = 7,
    as_json: AsJson = False,
) -> None:
    """List what is due or overdue; ends of trials show up 30 days before."""
    with opened() as service:
        due = list_due(service.database, LOCAL_OPERATOR, service.now(), park=park, person=person, days=days)
    items = due.as_json()["items"]
    if as_json:
        print_json(items)
        return
    names = ("entry_id", "park", "stage_label", "demand_title", "achievement_title", "owner", "next_action")
    columns = {"due_on": "日期", "days": "天数", "kind_label": "事项"}
    columns |= {name: BY_KEY[name.removesuffix("_label")].zh for name in names}
    print_table(columns, [item["entry"] | item for item in items], right=("days", "entry_id"))


def hand_over(
    park: Annotated[str, typer.Option(help="Code of the park.")],
    giver: Annotated[str, typer.Option("--from", help="Whose entries they are.")],
    taker: Annotated[str, typer.Option("--to", help="Whose they become.")],
    as_json: AsJson = False,
) -> None:
    """Hand all entries of one person in a park over to another."""
    with opened() as service:
        done = hand_over_entries(service.database, _request(service), park, giver, taker)
    if as_json:
        print_json(done.as_json())
        return
    say(f"{giver} → {taker}：{done.entries} 条")
    out.print("、".join(map(str, done.entry_ids)) or "—")


def _print_exclusions(rows: list[dict[str, Any]]) -> None:
    columns = {"exclusion_id": "排除", "park": "园区", "demand_title": "需求", "achievement_title": "成果"}
    print_table(columns | {"reason": "理由"}, rows, right=("exclusion_id",))


def _request(service: Service) -> Request:
    return Request(LOCAL_OPERATOR, service.now(), via="cli")


def _changes(columns: list[str]) -> dict[str, Any]:
    """`COLUMN=VALUE` read as a JSON value of the column; nothing after `=` empties it."""
    changes: dict[str, Any] = {}
    for column in columns:
        name, separator, value = column.partition("=")
        if not separator:
            raise InvalidInput(
                f"“{column}”须写成 列=值，如 due=2026-12-01。",
                f"{column} is not COLUMN=VALUE, such as due=2026-12-01.",
                field=name,
            )
        changes[name] = _value(name, value)
    return changes


def _value(name: str, value: str) -> Any:
    kind = BY_KEY[name].kind if name in BY_KEY else None
    if kind is Kind.MILESTONES:
        return _milestones(name, value)
    return value if value or kind is Kind.TEXT else None


def _milestones(name: str, value: str) -> Any:
    try:
        return json.loads(value) if value else []
    except (json.JSONDecodeError, RecursionError):
        raise InvalidInput(
            '里程碑须写成 JSON，如 [{"name": "样品送检", "planned_on": "2026-12-01"}]。',
            'milestones are JSON, such as [{"name": "samples", "planned_on": "2026-12-01"}].',
            field=name,
        ) from None
