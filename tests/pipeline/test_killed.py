"""Real processes that die: what they leave is the state before or the state after, never between."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from sqlalchemy import event

from matcher.domain.access import DISTRICT
from matcher.pipeline.nights.runs import list_runs
from tests.pipeline.given import Desk, Dump, dump, rows_of

pytestmark = pytest.mark.both_engines

SUPPLY, EDITED = rows_of("S", 400, unit="研究所"), rows_of("S", 250, start=200, unit="研究院")


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Processes that start in milliseconds: their server has everything imported and no thread."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["matcher.bootstrap", "matcher.embed.static", "tests.pipeline.given"])
    return context


def import_rows(url: str, folder: Path) -> None:
    from matcher.embed.factory import load_encoder

    desk = Desk.at(url, folder, load_encoder(None))
    desk.supply(*EDITED, full=True, overwrite=True)


def import_and_die(url: str, folder: Path, after: int) -> None:
    """Import, and die by SIGKILL before the statement of this number."""
    from matcher.embed.factory import load_encoder

    desk = Desk.at(url, folder, load_encoder(None))
    left = after

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(desk.database.engine, "before_cursor_execute", count)
    desk.supply(*EDITED, full=True, overwrite=True)


def refresh(url: str, folder: Path) -> None:
    from matcher.embed.factory import load_encoder

    Desk.at(url, folder, load_encoder(None)).refresh()


def refresh_and_die(url: str, folder: Path, moment: str) -> None:
    """Refresh, and die by SIGKILL when the statement that starts like `moment` has been executed."""
    from matcher.embed.factory import load_encoder

    desk = Desk.at(url, folder, load_encoder(None))

    def kill(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(moment):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(desk.database.engine, "after_cursor_execute", kill)
    desk.refresh()


def address(desk: Desk) -> tuple[str, Path]:
    url = desk.database.engine.url.render_as_string(hide_password=False)
    return url, desk.service.settings.data_dir


def ended(context: ForkServerContext, work: Callable[..., None], *given: object, after: float = 60) -> int:
    """How a process of its own ended that was killed after so many seconds."""
    process = context.Process(target=work, args=given)
    process.start()
    process.join(after)
    process.kill()
    process.join()
    assert process.exitcode is not None
    return process.exitcode


@pytest.mark.parametrize("after", [3, 6])
def test_an_import_killed_at_a_statement_leaves_nothing(
    desk: Desk, processes: ForkServerContext, after: int
) -> None:
    desk.supply(*SUPPLY)
    before = dump(desk.database)
    assert ended(processes, import_and_die, *address(desk), after) == -signal.SIGKILL
    assert dump(desk.database) == before
    assert desk.supply(*EDITED, full=True, overwrite=True).withdrawn == 200


def test_an_import_killed_at_any_moment_is_whole_or_never_was(
    desk: Desk, processes: ForkServerContext
) -> None:
    desk.supply(*SUPPLY)
    before = dump(desk.database)
    for delay in (0.2, 0.5):
        ended(processes, import_rows, *address(desk), after=delay)
        if dump(desk.database) != before:
            break
    else:
        desk.supply(*EDITED, full=True, overwrite=True)
    shelf = desk.shelf()
    assert sum(one.withdrawn_at is not None for one in shelf.values()) == 200
    assert sum(one.version == 2 for one in shelf.values()) == 400
    assert len(shelf) == 450


def ledger_of(state: Dump) -> list[list[tuple[object, ...]]]:
    return [state[table] for table in ("ledger_entry", "feed_entry", "ledger_human")]


def test_a_run_killed_at_any_moment_leaves_the_ledger_before_or_after(
    desk: Desk, processes: ForkServerContext
) -> None:
    park = desk.park("one")
    desk.supply(*rows_of("S", 300, unit="研究所"))
    desk.demands(park, *rows_of("D", 60, unit="企业", released="是"))
    desk.refresh()
    before = ledger_of(dump(desk.database))
    desk.demands(park, *rows_of("D", 60, start=40, unit="企业", released="是"), full=True)
    desk.supply(*rows_of("S", 100, start=250, unit="研究院"))
    for moment in (
        "INSERT INTO ledger_entry",
        "UPDATE ledger_entry",
        "INSERT INTO feed_entry",
        "DELETE FROM",
    ):
        assert ended(processes, refresh_and_die, *address(desk), moment) == -signal.SIGKILL
        assert ledger_of(dump(desk.database)) == before
    for delay in (0.2, 0.5):
        ended(processes, refresh, *address(desk), after=delay)
        if ledger_of(dump(desk.database)) != before:
            break
    report = desk.refresh()
    [latest, *earlier] = list_runs(desk.database, DISTRICT, limit=100).items
    assert latest.status == "succeeded"
    assert len([run for run in earlier if run.error == "interrupted: the process ended"]) >= 4
    assert {run.status for run in earlier} <= {"succeeded", "failed"}
    ended_whole = dump(desk.database)
    assert (
        desk.refresh().entries_kept == report.entries_kept + report.entries_created + report.entries_changed
    )
    assert ledger_of(dump(desk.database)) == ledger_of(ended_whole)
    current = [one for one in ended_whole["ledger_entry"] if "current" in one]
    assert len(current) == 60 * 10
    assert len(ended_whole["feed_entry"]) == 350 * 10
