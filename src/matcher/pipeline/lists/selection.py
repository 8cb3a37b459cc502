"""Which listings are meant by a change of several: named by id, or chosen by a filter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from matcher.domain.access import Principal
from matcher.domain.errors import Conflict, InvalidInput, NotFound, StaleVersion
from matcher.domain.listing import Side
from matcher.domain.text import mask_contacts, normalise
from matcher.pipeline.lists.parks import park_named
from matcher.store import catalogue
from matcher.store.catalogue import HeldListing
from matcher.store.database import Transaction

FILTERED = ("organisation", "industry", "region")
"""Fields by what they say, just so, listings are chosen; achievements by their `source`, too."""

MAX_LISTINGS = 2_000
"""Listings that one request may change."""

_NAMED = 5
"""Listings that a refusal names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which listings are meant: those of `versions`, id → the version the caller has read or None; or, where
    that is None, those that a filter holds, of which `count` is how many the caller has seen."""

    versions: Mapping[int, int | None] | None = None
    park: str | None = None
    search: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    include_withdrawn: bool = False
    count: int | None = None


def selected(
    session: Transaction, principal: Principal, side: Side, selection: Selection, *, lock: bool
) -> Sequence[HeldListing]:
    """The listings that a selection means, in their order; `lock` holds them until the transaction ends.

    Raises:
        NotFound: a listing, or the park, is not in scope.
        StaleVersion: a listing is at another version than the caller has read.
        Conflict: the filter holds another number of listings than the caller has seen.
        InvalidInput: there are none, or too many, or the filter names a field that it cannot choose by.
    """
    if selection.versions is not None:
        return listings_of_ids(session, principal, side, selection.versions, lock=lock)
    park_id = None if selection.park is None else park_named(session, selection.park, principal.scope).id
    source, stating = chosen_by(side, selection.where)
    listed = catalogue.page(
        session,
        side,
        principal.scope,
        limit=MAX_LISTINGS + 1,
        search=normalise(selection.search),
        park_id=park_id,
        include_withdrawn=selection.include_withdrawn,
        source=source,
        stating=stating,
    )
    _require_number(len(listed))
    if selection.count is not None and selection.count != len(listed):
        raise Conflict(
            f"符合条件的有 {len(listed)} 条，您看到的是 {selection.count} 条，什么也没有写入；请重新查看。",
            f"the filter holds {len(listed)} listings, you have seen {selection.count}, and nothing was "
            "written: look again.",
            field="count",
        )
    if not lock:
        return listed
    held = catalogue.held_by_id(session, side, [item.id for item in listed], principal.scope, lock=True)
    return [*held.values()]


def chosen_by(side: Side, where: Mapping[str, str]) -> tuple[str | None, Mapping[str, str]]:
    """The source that is asked for, if one is, and what other fields are to say, field → text, normalised.

    Raises:
        InvalidInput: a field that listings of this side are not chosen by.
    """
    known = ("source", *FILTERED) if side is Side.SUPPLY else FILTERED
    unknown = [name for name in where if name not in known]
    if unknown:
        raise InvalidInput(
            f"不能按“{unknown[0][:60]}”选择；可用的字段：{'、'.join(known)}。",
            f"listings are not chosen by {unknown[0][:60]!r}; fields: {', '.join(known)}.",
            field="where",
        )
    stating = {name: normalise(text) for name, text in where.items()}
    return stating.pop("source", None), stating


def listings_of_ids(
    session: Transaction, principal: Principal, side: Side, versions: Mapping[int, int | None], *, lock: bool
) -> Sequence[HeldListing]:
    """Listings by id, each at the version that is named with it, if one is.

    Raises:
        NotFound, StaleVersion, InvalidInput: as `selected`.
    """
    _require_number(len(versions))
    held = catalogue.held_by_id(session, side, versions, principal.scope, lock=lock)
    missing = [number for number in versions if number not in held]
    if missing:
        numbers = [str(number) for number in missing[:_NAMED]]
        raise NotFound(
            f"没有编号为 {'、'.join(numbers)} 的条目（共 {len(missing)} 个），什么也没有写入。",
            f"there is no listing {', '.join(numbers)} ({len(missing)} in all); nothing was written.",
            field="items",
        )
    stale = [item for item in held.values() if versions[item.id] not in (None, item.version)]
    if stale:
        raise StaleVersion(
            f"有 {len(stale)} 条已被修改（{named(stale)}），什么也没有写入；请重新读取后再改。",
            f"{len(stale)} listings have changed ({named(stale)}), and nothing was written: read them again.",
            field="items",
        )
    return [held[number] for number in versions]


def _require_number(number: int) -> None:
    if number == 0:
        raise InvalidInput("没有符合条件的条目。", "no listing is meant.", field="items")
    if number > MAX_LISTINGS:
        raise InvalidInput(
            f"一次最多修改 {MAX_LISTINGS} 条；请缩小范围。",
            f"at most {MAX_LISTINGS} listings are changed at once: narrow it down.",
            field="items",
        )


def named(items: Sequence[HeldListing]) -> str:
    """The first few listings as a refusal names them."""
    names = [f"{item.code or item.id}“{mask_contacts(item.title)[:20]}”" for item in items[:_NAMED]]
    return "、".join(names) + ("…" if len(items) > _NAMED else "")
