"""What an import would do: rows read from files, compared with what stands on their list."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from operator import itemgetter

from matcher.domain.listing import Listing, content_digest, identity_key, text_of
from matcher.domain.text import fold
from matcher.files.report import ParsedList, ParsedRow, Problem, RejectedRow
from matcher.store.catalogue import HeldListing, Shelf

RENAME_SIMILARITY = 0.6
"""Title similarity (difflib ratio) from which a vanished row and a new one of the same organisation
are probably one item renamed; two words changed in a ten-character title still pass. Of an unknown
organisation only the same text makes two rows one item: similar titles are many there."""


class Renames(StrEnum):
    """What to do with a row that is probably an existing one renamed."""

    ASK = "ask"
    SAME = "same"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """One import: the files' contents by name, the list they belong to, and how to treat it.

    `full` withdraws rows of the shelf that the files do not hold; `overwrite` lets the files win over
    rows that were edited over REST since; `dry_run` reports everything and writes nothing.
    """

    shelf: Shelf
    files: Sequence[tuple[str, bytes]]
    dry_run: bool = False
    full: bool = False
    overwrite: bool = False
    renames: Renames = Renames.ASK


@dataclass(slots=True)
class ImportPlan:
    """What an import writes, and the rows it does not take with their reasons."""

    created: list[Listing] = field(default_factory=list)
    updated: list[tuple[HeldListing, Listing]] = field(default_factory=list)
    unchanged: int = 0
    withdrawn: list[HeldListing] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rejects: list[RejectedRow] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """How many listings an import does what to; what it does to none is left out."""
        done = {
            "created": len(self.created),
            "updated": len(self.updated),
            "unchanged": self.unchanged,
            "withdrawn": len(self.withdrawn),
        }
        return {name: count for name, count in done.items() if count}

    def reject(self, row: ParsedRow, code: str, zh: str, en: str) -> None:
        """Leave a row out."""
        problem = row.problem(code, zh, en, severity="rejected")
        self.problems.append(problem)
        self.rejects.append(row.reject(problem))


def plan_import(
    request: ImportRequest, parsed: ParsedList, standing: Mapping[str, HeldListing]
) -> ImportPlan:
    """How to bring a shelf up to date with what was read; `standing` is what it holds, by identity key."""
    plan = ImportPlan()
    arriving = {identity_key(row.listing): row for row in parsed.rows}
    missing = [held for key, held in standing.items() if key not in arriving and held.withdrawn_at is None]
    vanished = _Vanished(missing)
    for key, row in arriving.items():
        held = standing.get(key)
        if held is None and request.renames is not Renames.NEW:
            held = vanished.likely(row.listing)
            if held is not None and request.renames is Renames.ASK:
                _ask(plan, row, held)
                continue
        if _take(plan, request, row, held) and held is not None:
            vanished.remove(held)
    if request.full:
        _withdraw(plan, request, parsed, missing)
    return plan


def _take(plan: ImportPlan, request: ImportRequest, row: ParsedRow, held: HeldListing | None) -> bool:
    """Let a row in as a new listing or as what `held` says from now on; whether it is written."""
    if held is None:
        plan.created.append(row.listing)
    elif held.digest == content_digest(row.listing) and held.withdrawn_at is None:
        plan.unchanged += 1
        return False
    elif held.via == "rest" and not request.overwrite:
        plan.reject(
            row,
            "conflict",
            "该条目此后已在系统中被人修改，文件未覆盖；以文件为准请加 --overwrite，"
            "否则请按系统内容更新文件。",
            "someone has edited this item in the service since: it was not overwritten. Import with "
            "--overwrite to let the file win, or bring the file up to date.",
        )
        return False
    else:
        plan.updated.append((held, row.listing))
    return True


def _ask(plan: ImportPlan, row: ParsedRow, held: HeldListing) -> None:
    """Leave out a row that is probably `held` renamed."""
    plan.reject(
        row,
        "probable_rename",
        f"很可能是“{held.title}”改名而来；确认是同一条请加 --renames same，"
        "确为新条目请加 --renames new，或在编号列填写编号。",
        f"probably “{held.title}” renamed: import with --renames same if it is, "
        "--renames new if it is a new item, or give it a code.",
    )


def _withdraw(
    plan: ImportPlan, request: ImportRequest, parsed: ParsedList, missing: Sequence[HeldListing]
) -> None:
    """Withdraw what the full list leaves out, unless the list could not be read whole."""
    problems = (*parsed.problems, *plan.problems)
    if parsed.rows and all(problem.severity != "rejected" for problem in problems):
        renamed = {held.id for held, _ in plan.updated}
        plan.withdrawn = [held for held in missing if held.id not in renamed]
        return
    plan.problems.append(
        Problem(
            file=", ".join(name for name, _ in request.files),
            sheet="",
            row=None,
            column="",
            code="full_list_incomplete",
            severity="doubtful",
            message="清单中有未能导入的行，无法判断缺失的条目，未撤回任何条目；请改正后再以 --full 导入。",
            message_en="rows of this list were rejected, so nothing was withdrawn: mend them and "
            "import with --full again.",
        )
    )


class _Vanished:
    """Live listings without a code that the files do not hold, perhaps renamed, by organisation."""

    def __init__(self, missing: Sequence[HeldListing]) -> None:
        self._by_organisation = defaultdict[str, dict[int, tuple[HeldListing, str, str]]](dict)
        for held in missing:
            if not held.code:
                body = fold(text_of(held.listing).body)
                of_organisation = self._by_organisation[fold(held.organisation)]
                of_organisation[held.id] = held, fold(held.title), body

    def likely(self, listing: Listing) -> HeldListing | None:
        """The one that a listing without a code probably is under another name."""
        organisation = fold(listing.organisation)
        candidates = self._by_organisation.get(organisation)
        if listing.code or not candidates:
            return None
        body = fold(text_of(listing).body)
        titles = SequenceMatcher(None, "", fold(listing.title), autojunk=False)

        def likeness(its_title: str, its_body: str) -> float:
            if body and body == its_body:
                return 1.0
            return _likeness(titles, its_title) if organisation else 0.0

        likely = ((likeness(title, text), held) for held, title, text in candidates.values())
        best, former = max(likely, key=itemgetter(0))
        return former if best >= RENAME_SIMILARITY else None

    def remove(self, held: HeldListing) -> None:
        """Take out what was recognised."""
        self._by_organisation[fold(held.organisation)].pop(held.id, None)


def _likeness(titles: "SequenceMatcher[str]", title: str) -> float:
    """How alike `title` is to the one that `titles` holds, from 0 to 1.

    What cannot reach `RENAME_SIMILARITY` is 0 (six times as quick).
    """
    titles.set_seq1(title)
    bounds = (titles.real_quick_ratio, titles.quick_ratio)
    return titles.ratio() if all(bound() >= RENAME_SIMILARITY for bound in bounds) else 0.0
