"""What a night leaves for the next, in one file: a cache, without which the next looks at everything.

Ids, numbers and scores alone. A file that is damaged, of another form or of another night is as none.
"""

import os
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.matching.night import Memory
from matcher.matching.standing import Kept, Roll, Standing

Array = NDArray[Any]

_FORM = "1"
_NAME = "last-night.npz"


class LastNight:
    """The file in a folder; one process at a time writes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, fingerprint: str) -> Memory | None:
        """What the night of that fingerprint left; None where the file is not of that night."""
        try:
            with (self._folder / _NAME).open("rb") as file, np.load(file, allow_pickle=False) as stored:
                if str(stored["night"]) != _FORM + fingerprint:
                    return None
                lapsed = frozenset((int(number), int(version)) for number, version in stored["lapsed"])
                return Memory(_kept(stored, "demands"), _kept(stored, "feed"), lapsed)
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            return None

    def write(self, fingerprint: str, memory: Memory) -> None:
        """Keep what the night of that fingerprint left; a full disk costs the next one time, no more."""
        arrays: dict[str, Any] = _arrays(memory.demands, "demands") | _arrays(memory.feed, "feed")
        lapsed = np.array(sorted(memory.lapsed), dtype=np.int64).reshape(-1, 2)
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(prefix=".last-night-", suffix=".npz", dir=self._folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    np.savez(file, night=np.array(_FORM + fingerprint), lapsed=lapsed, **arrays)
                Path(aside).replace(self._folder / _NAME)
            finally:
                Path(aside).unlink(missing_ok=True)


def _arrays(kept: Kept, direction: str) -> dict[str, Array]:
    roll = {f"{direction}_searched_{part.name}": getattr(kept.searched, part.name) for part in fields(Roll)}
    standing = {f"{direction}_{part.name}": getattr(kept.standing, part.name) for part in fields(Standing)}
    return roll | standing


def _kept(stored: Mapping[str, Array], direction: str) -> Kept:
    roll = Roll(*(stored[f"{direction}_searched_{part.name}"] for part in fields(Roll)))
    return Kept(roll, Standing(*(stored[f"{direction}_{part.name}"] for part in fields(Standing))))
