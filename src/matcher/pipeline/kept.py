"""What was made of the database, kept until anything is written to it."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Values by key, all made at one stamp of the database (`Database.stamp`), the least used given up first.

    A value is given out at the stamp alone that was taken before it was made: whoever has a stamp taken
    after a change never gets what was made before it. `room` is how much all values may weigh, each 1 unless
    said.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._lock = Lock()
        self._stamp: Hashable = None
        self._values: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._weight = 0

    def get(self, stamp: Hashable, key: Key) -> Value | None:
        """The value that was kept under a key at this stamp; None where there is none."""
        with self._lock:
            if stamp != self._stamp or key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def keep(self, stamp: Hashable, key: Key, value: Value, weight: int = 1) -> None:
        """Keep a value that was made after `stamp` was taken; values of another stamp are given up."""
        if weight > self._room:
            return
        with self._lock:
            if stamp != self._stamp:
                self._stamp, self._weight = stamp, 0
                self._values.clear()
            replaced = self._values.pop(key, None)
            self._weight += weight - (0 if replaced is None else replaced[1])
            self._values[key] = (value, weight)
            while self._weight > self._room:
                self._weight -= self._values.popitem(last=False)[1][1]
