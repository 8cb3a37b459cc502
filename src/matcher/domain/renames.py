"""Which item that a new list leaves out is probably one of the list's, under another title."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from heapq import nsmallest

from matcher.domain.listing import Listing, text_of
from matcher.domain.text import fold

SIMILAR = 0.6
"""Title similarity (difflib ratio) from which an item that is gone and a new one of the same organisation are
probably one item renamed; two words changed in a ten-character title still pass. Of an unknown organisation
only the same text makes two items one: similar titles are many there."""

TITLE_READ = 100
"""Letters of a title that are compared: the longest of 17,000 has 78. The time of a ratio may grow with the
third power of them."""

COMPARED = 32
"""Most items whose titles are compared with a new one's: those that share most pairs of letters with it. That
is as good as comparing all: each of 1,080 edited titles was taken for the same item."""

COMMON = 256
"""Most items of one organisation whose titles may hold a pair of letters that is looked up: a commoner pair
tells nothing apart."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A listing, made comparable."""

    organisation: str
    title: str
    body: str

    @classmethod
    def of(cls, listing: Listing) -> "_Item":
        title = fold(listing.title)[:TITLE_READ]
        return cls(fold(listing.organisation), title, fold(text_of(listing).body))

    @property
    def keys(self) -> set[tuple[str, str]]:
        """Each pair of letters of the title, with the organisation."""
        return {(self.organisation, self.title[at : at + 2]) for at in range(len(self.title) - 1)}


class Gone:
    """The items that a new list leaves out, each by a name of the caller's, in the caller's order."""

    def __init__(self, listings: Iterable[tuple[str, Listing]]) -> None:
        self._items = {name: _Item.of(listing) for name, listing in listings}
        self._by_body: dict[tuple[str, str], dict[str, None]] = {}
        self._by_organisation: dict[str, dict[str, None]] = {}
        self._by_pair: dict[tuple[str, str], dict[str, None]] = {}
        self._place = {name: place for place, name in enumerate(self._items)}
        for name, item in self._items.items():
            self._by_body.setdefault((item.organisation, item.body), {})[name] = None
            self._by_organisation.setdefault(item.organisation, {})[name] = None
            for key in item.keys if item.organisation else ():
                self._by_pair.setdefault(key, {})[name] = None

    def renamed(self, listing: Listing) -> str | None:
        """The item that a new listing most probably is, the first of several; None where it is like none.

        The same text makes them one; else the most similar titles do, where the organisation is known.
        """
        new = _Item.of(listing)
        same = self._by_body.get((new.organisation, new.body)) if new.body else None
        if same:
            return next(iter(same))
        return self._most_similar(new) if new.organisation else None

    def take(self, name: str) -> None:
        """Take an item out of those that are gone."""
        item = self._items.pop(name)
        del self._by_body[item.organisation, item.body][name]
        del self._by_organisation[item.organisation][name]
        for key in item.keys if item.organisation else ():
            del self._by_pair[key][name]

    def _most_similar(self, new: _Item) -> str | None:
        titles = SequenceMatcher(None, "", new.title, autojunk=False)
        bounds: list[tuple[float, int, str]] = []
        for name in self._near(new):
            titles.set_seq1(self._items[name].title)
            if titles.real_quick_ratio() >= SIMILAR and (bound := titles.quick_ratio()) >= SIMILAR:
                bounds.append((-bound, self._place[name], name))
        best: tuple[float, int, str] | None = None
        for negative, place, name in sorted(bounds):
            if best is not None and negative > best[0]:  # no title that follows can be more similar
                break
            titles.set_seq1(self._items[name].title)
            ratio = titles.ratio()
            if ratio >= SIMILAR and (best is None or (-ratio, place) < best[:2]):
                best = -ratio, place, name
        return None if best is None else best[2]

    def _near(self, new: _Item) -> Iterable[str]:
        """At most `COMPARED` items of the organisation."""
        names = self._by_organisation.get(new.organisation, {})
        if len(names) <= COMPARED:
            return names
        shared: Counter[str] = Counter()
        for key in new.keys:
            holding = self._by_pair.get(key, {})
            if len(holding) <= COMMON:
                shared.update(holding.keys())
        return nsmallest(COMPARED, shared, key=lambda name: (-shared[name], self._place[name]))
