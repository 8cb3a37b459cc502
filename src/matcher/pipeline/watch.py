"""Matching by day: while the service runs, a changed list is matched within a minute."""

import logging
from datetime import datetime
from threading import Event, Thread

from matcher.domain.access import LOCAL_OPERATOR
from matcher.domain.errors import RefreshRunning
from matcher.domain.ledger import Trigger
from matcher.pipeline.clock import beijing_day
from matcher.pipeline.refresh import Refresh
from matcher.store import catalogue, runs
from matcher.store.database import Database

_log = logging.getLogger(__name__)


class ChangeWatcher:
    """Looks every `interval` seconds whether the lists or the Beijing day moved on since the last run.

    Several services may watch one database: the refresh lock lets one of them work.
    """

    def __init__(self, refresh: Refresh, interval: float) -> None:
        self._refresh = refresh
        self._interval = interval
        self._stopping = Event()
        self._thread = Thread(target=self._watch, name="change-watcher", daemon=True)

    def start(self) -> None:
        """Begin to watch, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End watching; a run under way is finished first."""
        self._stopping.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopping.wait(self._interval):
            try:
                if is_due(self._refresh.database, self._refresh.clock()):
                    self._refresh(LOCAL_OPERATOR, Trigger.CHANGE)
            except RefreshRunning:
                continue
            except Exception:
                _log.exception("matching the changed lists failed; the next look tries again")


def is_due(database: Database, now: datetime) -> bool:
    """Whether the ledger is older than the lists, or from another Beijing day."""
    with database.reading() as session:
        revision = catalogue.revision(session)
        last = runs.last_success(session)
    if last is None:
        return revision > 0
    return last.catalogue_revision != revision or beijing_day(last.started_at) != beijing_day(now)
