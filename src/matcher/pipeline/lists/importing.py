"""Import: rows read from files become listings, all in one transaction or none at all."""

from datetime import datetime

from matcher.domain.access import Principal, Role
from matcher.domain.days import beijing_day
from matcher.domain.errors import Forbidden, NotFound
from matcher.domain.listing import Side
from matcher.domain.text import normalise
from matcher.files.column_problems import column_problems
from matcher.files.expired import expired
from matcher.files.list_sheet import columns_read
from matcher.files.mapping import Mappings
from matcher.files.reading import read_lists
from matcher.files.report import ParsedList, RejectedRow
from matcher.pipeline.lists.import_answers import (
    CellProblem,
    ColumnAnswer,
    ImportAnswer,
    SkippedAnswer,
    first_rows,
)
from matcher.pipeline.lists.import_plan import ImportPlan, ImportRequest, plan_import
from matcher.pipeline.lists.import_profiles import remember
from matcher.pipeline.lists.parks import get_park
from matcher.pipeline.lists.shelf_changes import ShelfChange, change_shelf
from matcher.pipeline.lists.writing import require_writer
from matcher.store import catalogue, import_profiles, imports, rejected_rows
from matcher.store.catalogue import Shelf
from matcher.store.database import Database, Transaction
from matcher.store.rejected_rows import KeptRow
from matcher.store.revisions import Change, Rewrite


def import_shelf(
    database: Database, side: Side, principal: Principal, *, park: str | None, source: str
) -> Shelf:
    """The list an import by this caller goes to.

    Raises:
        NotFound: the park is not in scope.
        Forbidden: the caller may not write this list as a whole, as a research unit may not.
    """
    require_writer(principal, side)
    if principal.role is Role.RESEARCH_UNIT:
        raise Forbidden(
            "研发单位请逐项填报成果；整份清单由区级管理员导入。",
            "a research unit enters its achievements one by one; whole lists are the district's to import.",
        )
    if side is Side.SUPPLY:
        return Shelf(side, source=normalise(source))
    return Shelf(side, park_id=get_park(database, park or "", principal.scope).id)


def import_list(
    database: Database, request: ImportRequest, principal: Principal, now: datetime
) -> ImportAnswer:
    """Read the files and bring the shelf up to date with them, as a whole or not at all.

    However long the list is, other writes wait for its last step alone (see `shelf_changes`).

    Raises:
        NotFound: the park is out of the caller's scope.
        Conflict: others changed the shelf again and again meanwhile.
    """
    park_id = request.shelf.park_id
    if park_id is not None and not principal.scope.covers(park_id):
        raise NotFound("没有这个园区。", "there is no such park.")
    with database.reading() as session:
        mappings = Mappings(request.mapping, import_profiles.remembered(session, request.shelf))
    parsed = read_lists(request.files, request.shelf.side, mappings, hidden=request.hidden)

    def planned(session: Transaction) -> ShelfChange[ImportPlan]:
        return _change(session, request, parsed, principal, now)

    if request.dry_run:
        with database.reading() as session:
            return _answer(request, parsed, planned(session).plan, None, now)
    plan, import_id = change_shelf(database, request.shelf, planned)
    if import_id is None and (request.mapping or parsed.rejected or plan.rejects):
        with database.writing() as session:
            if request.mapping:
                remember(session, request.shelf, parsed.tables, principal, now)
            import_id = _record_rejects(session, request, parsed, plan, principal, now)
    return _answer(request, parsed, plan, import_id, now)


def apply_list(
    session: Transaction,
    request: ImportRequest,
    parsed: ParsedList,
    principal: Principal,
    now: datetime,
    *,
    keep_rejects: bool = True,
) -> ImportAnswer:
    """Bring the shelf up to date with what was read, inside the caller's transaction.

    Rejected rows are kept with the import unless the caller has them already. A dry run writes nothing.
    """
    change = _change(session, request, parsed, principal, now, keep_rejects=keep_rejects)
    if request.dry_run:
        return _answer(request, parsed, change.plan, None, now)
    import_id = None
    if not change.is_empty:
        change.lay_out(session)
        import_id = change.put_in_place(session, request.shelf)
    return _answer(request, parsed, change.plan, import_id, now)


def _record_rejects(
    session: Transaction,
    request: ImportRequest,
    parsed: ParsedList,
    plan: ImportPlan,
    principal: Principal,
    now: datetime,
) -> int | None:
    """Record an import that took nothing for the sake of the rows it rejected; the last one stands for it
    where it left the very same rows behind."""
    rows = [kept_row(row) for row in (*parsed.rejected, *plan.rejects)]
    if not rows:
        return None
    same = rejected_rows.same_import(session, request.shelf, rows)
    if same is not None:
        return same
    names = [name for name, _ in request.files]
    import_id = imports.add(session, request.shelf, names, {}, principal.name, now)
    rejected_rows.add(session, request.shelf, import_id, rows, now)
    return import_id


def kept_row(row: RejectedRow, row_id: int = 0) -> KeptRow:
    """A rejected row as it is kept."""
    return KeptRow(
        id=row_id,
        file=row.file,
        sheet=row.sheet,
        row=row.row,
        cells=row.cells,
        problem=row.problem.as_json(),
        notes=row.notes.as_json(),
    )


def _change(
    session: Transaction,
    request: ImportRequest,
    parsed: ParsedList,
    principal: Principal,
    now: datetime,
    *,
    keep_rejects: bool = True,
) -> ShelfChange[ImportPlan]:
    """What an import writes to its shelf as it stands now."""
    plan = plan_import(request, parsed, catalogue.on_shelf(session, request.shelf))
    names = [name for name, _ in request.files]

    def record(session: Transaction) -> int:
        if request.mapping:
            remember(session, request.shelf, parsed.tables, principal, now)
        columns = columns_read(parsed) if keep_rejects else ()
        import_id = imports.add(
            session, request.shelf, names, plan.counts, principal.name, now, columns=columns
        )
        if keep_rejects:
            rows = [kept_row(row) for row in (*parsed.rejected, *plan.rejects)]
            rejected_rows.add(session, request.shelf, import_id, rows, now)
        return import_id

    return ShelfChange(
        plan=plan,
        rewrites=[
            *(Rewrite(held=item, listing=listing) for item, listing in plan.updated),
            *(Rewrite(held=item, listing=item.listing, withdrawn_at=now) for item in plan.withdrawn),
        ],
        added=plan.created,
        change=Change(principal.name, now, "import"),
        record=record,
    )


def _answer(
    request: ImportRequest, parsed: ParsedList, plan: ImportPlan, import_id: int | None, now: datetime
) -> ImportAnswer:
    rejects = (*parsed.rejected, *plan.rejects)
    columns = column_problems(parsed, request.shelf.side, request.mapping)
    answer = ImportAnswer(
        import_id=import_id,
        dry_run=request.dry_run,
        rows=parsed.read,
        created=len(plan.created),
        updated=len(plan.updated),
        unchanged=parsed.read - len(rejects) - len(plan.created) - len(plan.updated),
        withdrawn=len(plan.withdrawn),
        rejected=len(rejects),
        problems=tuple(
            CellProblem.of(problem)
            for problem in (*parsed.problems, *plan.problems, *columns, *expired(parsed, beijing_day(now)))
        ),
        columns=tuple(ColumnAnswer.of(column) for table in parsed.tables for column in table.columns),
        preview=first_rows(parsed.rows) if request.dry_run else (),
        skipped=tuple(map(SkippedAnswer.of, parsed.skipped)),
    )
    answer._rejects = rejects
    return answer
