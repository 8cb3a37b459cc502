"""Past runs as people name them: by number, or by a Beijing day."""

from datetime import UTC, date, datetime, time, timedelta

from matcher.domain.days import BEIJING
from matcher.domain.errors import InvalidInput, NotFound
from matcher.domain.field_names import field_words
from matcher.domain.standings import RunStatus
from matcher.pipeline.nights.runs import no_run
from matcher.store import runs
from matcher.store.database import Transaction
from matcher.store.runs import HeldRun

When = int | date
"""A run by its id, or a Beijing day."""


def read_when(text: str, field: str) -> When:
    """A run id or a day as people write them (12, 2026-11-02).

    Raises:
        InvalidInput: it is neither, or a day at the end of the calendar.
    """
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    try:
        day = date.fromisoformat(text)
        _start_of(day), _start_of(day + timedelta(days=1))  # moments that the database can be asked for
    except (ValueError, OverflowError):
        raise InvalidInput(
            f"{field_words(field)[0]}：“{text}”既不是运行编号，也不是形如 2026-11-02 的日期。",
            f"{field}: {text!r} is neither the number of a run nor a date such as 2026-11-02.",
            field=field,
        ) from None
    return day


def successful_run(session: Transaction, run_id: int, field: str) -> HeldRun:
    """A run that left a ledger.

    Raises:
        NotFound: no such run.
        InvalidInput: it failed, or is still running; `field` names what asked for it.
    """
    row = runs.get(session, run_id)
    if row is None:
        raise no_run(run_id)
    if row.status is not RunStatus.SUCCEEDED:
        raise InvalidInput(
            f"{field_words(field)[0]}：第 {run_id} 次运行没有成功，没有留下台账；请选择成功的运行。",
            f"{field}: run {run_id} did not succeed and left no ledger: choose one that succeeded.",
            field=field,
        )
    return row


def run_as_of(session: Transaction, when: When) -> HeldRun:
    """The run itself, or the last one that ended on the day or before.

    Raises:
        NotFound: no such run, or none had succeeded by the end of that day.
        InvalidInput: the run did not succeed.
    """
    if isinstance(when, int):
        return successful_run(session, when, "as_of")
    run = runs.success_finished_before(session, _start_of(when + timedelta(days=1)))
    if run is None:
        raise NotFound(
            f"到 {when} 当天结束时还没有成功的运行，没有台账可以回放。",
            f"no run had succeeded by the end of {when}: there is no ledger to replay.",
        )
    return run


def run_since(session: Transaction, since: When | None, run: HeldRun) -> HeldRun | None:
    """The run that `run` is compared with: the one named, the last that ended before the day began, or the
    success before it; None where there is none.

    Raises:
        NotFound: no such run.
        InvalidInput: it did not succeed, or is later than `run`.
    """
    match since:
        case None:
            return runs.success_before(session, run.id)
        case int():
            former: HeldRun | None = successful_run(session, since, "since")
        case date():
            former = runs.success_finished_before(session, _start_of(since))
    if former is not None and former.id > run.id:
        raise InvalidInput(
            f"比较的起点是第 {former.id} 次运行，晚于第 {run.id} 次；请选择更早的运行或日期。",
            f"since names run {former.id}, which is later than run {run.id}: choose an earlier run or day.",
            field="since",
        )
    return former


def _start_of(day: date) -> datetime:
    """The moment a Beijing day begins."""
    return datetime.combine(day, time(), BEIJING).astimezone(UTC)
