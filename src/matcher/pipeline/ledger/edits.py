"""What people do to one entry of the ledger: read it, edit it, move it, grade it, answer a grade, add one.

Every write is one transaction, which reads the entry under the write lock; a write that names the version it
has read is refused where the entry is at another one.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from matcher.domain.access import DISTRICT, Principal, Right, Role
from matcher.domain.columns import UNTOUCHED, Work
from matcher.domain.days import beijing_day
from matcher.domain.entries import EntryView
from matcher.domain.errors import Conflict, Forbidden, InvalidInput, StaleVersion
from matcher.domain.stages import MAIN_LINE, Stage
from matcher.domain.work import edit, grade, keep_reason, move, people_of, reason_of, reply
from matcher.pipeline.idempotency import Request, done_once
from matcher.pipeline.ledger.answers import EntryAnswer, no_entry
from matcher.pipeline.ledger.grades import GradeAnswer, visible_to
from matcher.pipeline.ledger.keep_masked import keep_masked
from matcher.pipeline.ledger.named_pair import named_sides, require_matchable
from matcher.store import access, exclusions, grades, ledger
from matcher.store import human_columns as stored
from matcher.store.catalogue import HeldListing
from matcher.store.database import Database, Transaction
from matcher.store.grades import HeldGrade


def read_entry(
    database: Database,
    principal: Principal,
    entry_id: int,
    now: datetime,
    *,
    unmask: bool = False,
    original_columns: bool = False,
) -> EntryAnswer:
    """One entry in scope; unmasking contacts is recorded with who asked.

    With `original_columns`, what both lists say in columns of their own is part of it.

    Raises:
        NotFound: no such entry, or another park's.
        Forbidden: the caller may not read entries, or not see contacts.
    """
    principal.require(Right.READ_PARK)
    if not unmask:
        with database.reading() as session:
            entry = _found(session, principal, entry_id)
            return EntryAnswer.of(entry, original_columns=original_columns)
    with database.writing() as session:
        entry = _found(session, principal, entry_id)
        principal.require(Right.UNMASK)
        access.record(
            session,
            at=now,
            actor=principal.name,
            act="unmask_work",
            subject=f"ledger:{entry_id}",
            park_id=entry.park_id,
        )
        return EntryAnswer.of(entry, unmasked=True, original_columns=original_columns)


def edit_entry(
    database: Database,
    request: Request,
    entry_id: int,
    changes: Mapping[str, Any],
    *,
    version: int | None = None,
) -> EntryAnswer:
    """Write over editable columns (`domain.columns.EDITABLE`); a value may have its JSON form.

    A text equal to the masked form of what is stored keeps what is stored.

    Raises:
        NotFound, Forbidden, StaleVersion: as `writable_entry`.
        InvalidInput: a column or a value that cannot be written; `field` names it.
    """

    def write(session: Transaction) -> EntryAnswer:
        entry = writable_entry(session, request.principal, entry_id, version)
        values = keep_masked(entry.work, stored.values_of(changes))
        work = edit(entry.work, values, beijing_day(request.now))
        keep_reason(entry.work, work)
        return _saved(session, request, entry, work, "edit")

    return done_once(database, request, EntryAnswer, write)


def move_entry(
    database: Database,
    request: Request,
    entry_id: int,
    stage: Stage,
    *,
    reason: str | None = None,
    return_on: date | None = None,
    version: int | None = None,
) -> EntryAnswer:
    """Move an entry to a stage; `reason` is the code of a `DeclineCode` or `StallCode`.

    Raises:
        NotFound, Forbidden, StaleVersion: as `writable_entry`.
        IllegalMove: the stage does not follow the present one.
        InvalidInput: the reason or the day to return is missing or wrong.
    """

    def write(session: Transaction) -> EntryAnswer:
        entry = writable_entry(session, request.principal, entry_id, version)
        code = reason_of(reason, stage) if reason else None
        today = beijing_day(request.now)
        work = move(entry.work, stage, today=today, reason=code, return_on=return_on)
        return _saved(session, request, entry, work, "stage")

    return done_once(database, request, EntryAnswer, write)


def grade_entry(
    database: Database,
    request: Request,
    entry_id: int,
    value: int,
    reason: str,
    *,
    version: int | None = None,
) -> EntryAnswer:
    """Write the enterprise's grade (0–3), and keep with it what the person saw.

    Raises:
        NotFound, Forbidden, StaleVersion: as `writable_entry`.
        InvalidInput: no such grade, or a reason that is too long.
    """

    def write(session: Transaction) -> EntryAnswer:
        entry = writable_entry(session, request.principal, entry_id, version)
        values = keep_masked(entry.work, {"grade_reason": reason})
        work = grade(entry.work, value, values["grade_reason"])
        grades.add(session, entry, work, by=request.principal.name, at=request.now)
        return _saved(session, request, entry, work, "grade")

    return done_once(database, request, EntryAnswer, write)


def reply_to_grade(
    database: Database, request: Request, entry_id: int, text: str, *, version: int | None = None
) -> GradeAnswer:
    """Answer the newest grade of an entry; gives that grade, as `list_grades` shows it to the caller.

    A research unit answers grades of its own achievements; it reads no entry, and `version` is not its to
    name.

    Raises:
        NotFound, Forbidden, StaleVersion: as `writable_entry`.
        InvalidInput: nothing is graded, or the answer is empty or too long.
    """
    principal = request.principal

    def write(session: Transaction) -> GradeAnswer:
        entry, given = _to_answer(session, principal, entry_id, version)
        work = reply(entry.work, keep_masked(entry.work, {"reply": text})["reply"])
        answered = grades.answer(session, given[-1], reply=work.reply, at=request.now, by=principal.name)
        stored.write(session, entry, work, _act(request, "reply"))
        return GradeAnswer.of(answered, principal)

    return done_once(database, request, GradeAnswer, write)


def add_entry(
    database: Database,
    request: Request,
    demand_id: int,
    achievement_id: int,
    *,
    stage: Stage = Stage.SCREENING,
    changes: Mapping[str, Any] | None = None,
) -> EntryAnswer:
    """Add a pair that no run proposed, at a stage of the main line, with editable columns.

    Raises:
        NotFound: no such demand or achievement in scope.
        Forbidden: the caller does not run the park.
        Conflict: the pair is in the ledger, or excluded.
        InvalidInput: a side that is not matched any more, a stage aside of the main line, a wrong value.
    """
    request.principal.require(Right.RUN_PARK)

    def write(session: Transaction) -> EntryAnswer:
        today, scope = beijing_day(request.now), request.principal.scope
        demand, achievement = named_sides(session, scope, demand_id, achievement_id)
        require_matchable((demand, achievement), today)
        _require_not_excluded(session, demand, achievement)
        taken = stored.entry_of_pair(session, demand_id, achievement_id, park_id=demand.park_id)
        if taken is not None:
            raise Conflict(
                f"该供需对已在台账中（条目编号 {taken}）；请在那一条上办理。",
                f"the pair is in the ledger already (entry {taken}): work that one.",
                field="achievement_id",
            )
        work = replace(UNTOUCHED, stage=_first_stage(stage))
        work = edit(work, stored.values_of(changes or {}), today)
        entry_id = stored.add_pair(session, demand, achievement, request.now)
        return _saved(session, request, _found(session, request.principal, entry_id), work, "add")

    return done_once(database, request, EntryAnswer, write)


def writable_entry(
    session: Transaction, principal: Principal, entry_id: int, version: int | None = None
) -> EntryView:
    """An entry that the caller may write, at the version they have read (None: at any).

    Raises:
        NotFound: no such entry, or another park's.
        Forbidden: the caller may not work the ledger, or is a technology manager of other entries.
        StaleVersion: the entry is at another version.
    """
    principal.require(Right.WORK_LEDGER)
    entry = _found(session, principal, entry_id)
    if not assigned(principal, entry.work):
        raise Forbidden(
            "这一条不由您负责；请由园区操作员指派负责人或技术经理人。",
            "this entry is not assigned to you: a park operator assigns its owner or technology manager.",
        )
    if version is not None and version != entry.version:
        raise StaleVersion(
            f"该条目已是第 {entry.version} 版，您依据的是第 {version} 版；请重新读取后再改。",
            f"this entry is at version {entry.version}, yours is {version}: read it again.",
            field="version",
        )
    return entry


def assigned(principal: Principal, work: Work) -> bool:
    """Whether an entry is the caller's to work on: a technology manager's are those that name them."""
    return principal.role is not Role.TECHNOLOGY_MANAGER or principal.subject in people_of(work)


def _found(session: Transaction, principal: Principal, entry_id: int) -> EntryView:
    entry = ledger.entry(session, principal.scope, entry_id)
    if entry is None:
        raise no_entry(entry_id)
    return entry


def _to_answer(
    session: Transaction, principal: Principal, entry_id: int, version: int | None
) -> tuple[EntryView, list[HeldGrade]]:
    """The entry of which the caller answers the newest grade, and its grades, oldest first."""
    if principal.role is not Role.RESEARCH_UNIT:
        entry = writable_entry(session, principal, entry_id, version)
        return entry, grades.of_entry(session, visible_to(session, principal), entry_id)
    given = grades.of_entry(session, visible_to(session, principal), entry_id)
    graded = ledger.entry(session, DISTRICT, entry_id) if given else None
    if graded is None:
        raise no_entry(entry_id)
    return graded, given


def _act(request: Request, act: str) -> stored.Act:
    return stored.Act(actor=request.principal.name, at=request.now, act=act, via=request.via)


def _saved(session: Transaction, request: Request, entry: EntryView, work: Work, act: str) -> EntryAnswer:
    return EntryAnswer.of(stored.write(session, entry, work, _act(request, act)))


def _first_stage(stage: Stage) -> Stage:
    if stage not in MAIN_LINE:
        raise InvalidInput(
            "新增条目的阶段须在主线上（待研判至已落地）。",
            f"a new entry starts on the main line: {', '.join(MAIN_LINE)}.",
            field="stage",
        )
    return stage


def _require_not_excluded(session: Transaction, demand: HeldListing, achievement: HeldListing) -> None:
    exclusion = exclusions.of_pair(
        session, park_id=demand.park_id, demand_id=demand.id, achievement_id=achievement.id
    )
    if exclusion is not None:
        raise Conflict(
            f"该供需对已被排除（编号 {exclusion}）；请先解除排除。",
            f"the pair is excluded (exclusion {exclusion}): lift that first.",
            field="achievement_id",
        )
