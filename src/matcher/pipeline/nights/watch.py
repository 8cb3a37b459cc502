"""Matching by day: while the service runs, a changed list is matched within a minute."""

import logging
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import Protocol

from matcher.domain.access import LOCAL_OPERATOR, Principal
from matcher.domain.errors import RefreshRunning
from matcher.domain.standings import Trigger

_log = logging.getLogger(__name__)


class Runs(Protocol):
    """What is watched for: whether a run is due, and the run."""

    def is_due(self) -> bool:
        """Whether what figures depend on has moved on since the last run."""
        ...

    def __call__(self, principal: Principal, trigger: Trigger) -> object:
        """Run once."""
        ...


class ChangeWatcher:
    """Looks every `interval` seconds whether a run is due, and calls `prepare` after every look.

    Several services may watch one database: the refresh lock lets one of them work.
    """

    def __init__(self, refresh: Runs, interval: float, prepare: Callable[[], object] = lambda: None) -> None:
        self._refresh = refresh
        self._interval = interval
        self._prepare = prepare
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
        self._look()
        while not self._stopping.wait(self._interval):
            self._look()

    def _look(self) -> None:
        try:
            with suppress(RefreshRunning):
                if self._refresh.is_due():
                    self._refresh(LOCAL_OPERATOR, Trigger.CHANGE)
            self._prepare()
        except Exception:
            _log.exception("matching the changed lists failed; the next look tries again")
