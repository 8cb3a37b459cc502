"""What an import would do: rows read from files, compared with what stands on their list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from matcher.domain.hidden_parts import HiddenParts
from matcher.domain.listing import Listing, identity_key
from matcher.domain.renames import Gone
from matcher.files.report import ParsedList, ParsedRow, Problem, RejectedRow
from matcher.pipeline.lists.read_back import as_held, says_the_same, unquoted
from matcher.store.catalogue import HeldListing, Shelf


class Renames(StrEnum):
    """What to do with a row that is probably an existing one renamed."""

    ASK = "ask"
    SAME = "same"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """One import: the files' contents by name, the list they belong to, and how to treat it.

    `full` withdraws rows of the shelf that the files do not hold; `overwrite` lets the files win over
    rows that people have edited since; `dry_run` reports everything and writes nothing. `hidden` says
    whether what a workbook hides is read, `mapping` which field a heading stands for (`given_mapping`).
    """

    shelf: Shelf
    files: Sequence[tuple[str, bytes]]
    dry_run: bool = False
    full: bool = False
    overwrite: bool = False
    renames: Renames = Renames.ASK
    hidden: HiddenParts = HiddenParts.SKIP
    mapping: Mapping[str, str] = field(default_factory=dict)


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
        """How many listings an import creates, updates, leaves as they are or withdraws; without zeros."""
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
    rows = [replace(row, listing=unquoted(row.listing)) for row in parsed.rows]
    arriving = {identity_key(row.listing): row for row in rows}
    replacing = {standing[key].replaced_by for key in arriving if key in standing}
    absent = {
        key: item
        for key, item in standing.items()
        if key not in arriving
        and key not in parsed.held_back
        and item.withdrawn_at is None
        and item.id not in replacing
    }
    gone = Gone((key, item.listing) for key, item in absent.items() if not item.code)
    for key, row in arriving.items():
        item, former = standing.get(key), None
        if item is None and not row.listing.code and request.renames is not Renames.NEW:
            former = gone.renamed(row.listing)
            item = None if former is None else standing[former]
            if item is not None and request.renames is Renames.ASK:
                _ask(plan, row, item)
                continue
        if _take(plan, request, row, item) and former is not None:
            gone.take(former)
    if request.full:
        _withdraw(plan, request, parsed, list(absent.values()))
    return plan


def _take(plan: ImportPlan, request: ImportRequest, row: ParsedRow, item: HeldListing | None) -> bool:
    """Plan a row as a new listing or as the new content of `item`; returns whether it is to be written."""
    if item is None:
        plan.created.append(row.listing)
    elif says_the_same(row.listing, item) and not _is_withdrawn(item):
        plan.unchanged += 1
        return False
    elif item.via != "import" and not request.overwrite:
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
        plan.updated.append((item, as_held(row.listing, item.listing)))
    return True


def _is_withdrawn(item: HeldListing) -> bool:
    """Whether the list lacks an item; it does not where another stands for it."""
    return item.withdrawn_at is not None and item.replaced_by is None


def _ask(plan: ImportPlan, row: ParsedRow, item: HeldListing) -> None:
    """Leave out a row that is probably `item` renamed."""
    plan.reject(
        row,
        "probable_rename",
        f"很可能是“{item.title}”改名而来；确认是同一条请加 --renames same，"
        "确为新条目请加 --renames new，或在编号列填写编号。",
        f"probably “{item.title}” renamed: import with --renames same if it is, "
        "--renames new if it is a new item, or give it a code.",
    )


def _withdraw(
    plan: ImportPlan, request: ImportRequest, parsed: ParsedList, missing: Sequence[HeldListing]
) -> None:
    """Withdraw what the full list leaves out, unless the list could not be read whole."""
    problems = (*parsed.problems, *plan.problems)
    if parsed.rows and all(problem.severity != "rejected" for problem in problems):
        renamed = {item.id for item, _ in plan.updated}
        plan.withdrawn = [item for item in missing if item.id not in renamed]
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
