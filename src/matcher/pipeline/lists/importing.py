"""Import: rows read from files become listings, all in one transaction or none at all."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from matcher.domain.access import Principal
from matcher.domain.errors import Conflict, NotFound
from matcher.domain.listing import Side, content_digest, identity_key
from matcher.domain.renames import Gone
from matcher.files.reading import read_lists
from matcher.files.report import ParsedList, ParsedRow, Problem, RejectedRow
from matcher.pipeline.lists.listings import require_writer
from matcher.store import catalogue, imports
from matcher.store.catalogue import Change, Shelf
from matcher.store.database import Database, Transaction
from matcher.store.records import from_record
from matcher.store.tables import ImportBatch, ListingRow


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


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do. `rows` counts every row read, rejected ones included."""

    import_id: int | None
    dry_run: bool
    rows: int
    created: int
    updated: int
    unchanged: int
    withdrawn: int
    rejected: int
    problems: tuple[Problem, ...]
    rejects: tuple[RejectedRow, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The stable JSON form."""
        return {
            "import_id": self.import_id,
            "dry_run": self.dry_run,
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "withdrawn": self.withdrawn,
            "rejected": self.rejected,
            "problems": [problem.as_json() for problem in self.problems],
        }


def import_list(
    database: Database, request: ImportRequest, principal: Principal, now: datetime
) -> ImportReport:
    """Read the files and bring the shelf up to date with them.

    Raises:
        NotFound: the park is out of the caller's scope.
    """
    park_id = request.shelf.park_id
    if park_id is not None and not principal.scope.covers(park_id):
        raise NotFound("没有这个园区。", "there is no such park.")
    parsed = read_lists(request.files, request.shelf.side)
    with database.writing(dry_run=request.dry_run) as session:
        return apply_list(session, request, parsed, principal, now)


def apply_list(
    session: Transaction, request: ImportRequest, parsed: ParsedList, principal: Principal, now: datetime
) -> ImportReport:
    """Bring the shelf up to date with what was read, inside the caller's transaction."""
    return _Importer(session, request, principal, now).run(parsed)


class _Importer:
    """One import's transaction: what stands on the shelf, and what the files make of it."""

    def __init__(
        self, session: Transaction, request: ImportRequest, principal: Principal, now: datetime
    ) -> None:
        self.session = session
        self.request = request
        self.principal = principal
        self.now = now
        self.standing = catalogue.on_shelf(session, request.shelf)
        self.gone = Gone(())
        self.counts: Counter[str] = Counter()
        self.problems: list[Problem] = []
        self.rejects: list[RejectedRow] = []

    def run(self, parsed: ParsedList) -> ImportReport:
        """Apply every row, withdraw what a full list leaves out, and record the import."""
        batch = imports.add(
            self.session,
            ImportBatch(
                side=self.request.shelf.side.value,
                park_id=self.request.shelf.park_id,
                source=self.request.shelf.source,
                files=[name for name, _ in self.request.files],
                counts={},
                actor=self.principal.name,
                created_at=self.now,
            ),
        )
        change = Change(self.principal.name, self.now, "import", batch.id)
        arriving = {identity_key(row.listing) for row in parsed.rows}
        self.gone = Gone(
            (key, catalogue.listing_of(standing))
            for key, standing in self.standing.items()
            if key not in arriving and not standing.code and standing.withdrawn_at is None
        )
        for row in parsed.rows:
            self._apply(row, change)
        if self.request.full:
            self._withdraw_missing(arriving, parsed, change)
        wrote = self.counts["created"] + self.counts["updated"] + self.counts["withdrawn"] > 0
        if wrote:
            catalogue.raise_revision(self.session)
            batch.counts = dict(self.counts)
        else:
            self.session.delete(batch)
        rejects = (*parsed.rejected, *self.rejects)
        applied = self.counts["created"] + self.counts["updated"] + self.counts["unchanged"]
        return ImportReport(
            import_id=batch.id if wrote and not self.request.dry_run else None,
            dry_run=self.request.dry_run,
            rows=parsed.read,
            created=self.counts["created"],
            updated=self.counts["updated"],
            unchanged=parsed.read - len(rejects) - applied + self.counts["unchanged"],
            withdrawn=self.counts["withdrawn"],
            rejected=len(rejects),
            problems=(*parsed.problems, *self.problems),
            rejects=rejects,
        )

    def _apply(self, parsed: ParsedRow, change: Change) -> None:
        row, renamed = self.standing.get(identity_key(parsed.listing)), None
        if row is None:
            renamed = self._renamed_from(parsed)
            row = None if renamed is None else self.standing[renamed]
            if row is not None and self.request.renames is Renames.ASK:
                self._reject(
                    parsed,
                    "probable_rename",
                    f"很可能是“{row.title}”改名而来；确认是同一条请加 --renames same，"
                    "确为新条目请加 --renames new，或在编号列填写编号。",
                    f"probably “{row.title}” renamed: import with --renames same if it is, "
                    "--renames new if it is a new item, or give it a code.",
                )
                return
        if row is None:
            catalogue.add(self.session, self.request.shelf, parsed.listing, change)
            self.counts["created"] += 1
        elif row.digest == content_digest(parsed.listing) and row.withdrawn_at is None:
            self.counts["unchanged"] += 1
        elif row.via == "rest" and not self.request.overwrite:
            self._reject(
                parsed,
                "conflict",
                "该条目此后已在系统中被人修改，文件未覆盖；以文件为准请加 --overwrite，"
                "否则请按系统内容更新文件。",
                "someone has edited this item in the service since: it was not overwritten. Import with "
                "--overwrite to let the file win, or bring the file up to date.",
            )
        else:
            catalogue.write(self.session, row, parsed.listing, change)
            self.counts["updated"] += 1
            if renamed is not None:
                self.gone.take(renamed)

    def _renamed_from(self, parsed: ParsedRow) -> str | None:
        """The key of the standing row that this one is probably another title of."""
        if parsed.listing.code or self.request.renames is Renames.NEW:
            return None
        return self.gone.renamed(parsed.listing)

    def _withdraw_missing(self, arriving: set[str], parsed: ParsedList, change: Change) -> None:
        """Withdraw what the full list leaves out, unless the list could not be read whole."""
        problems = (*parsed.problems, *self.problems)
        if not parsed.rows or any(problem.severity == "rejected" for problem in problems):
            self.problems.append(
                Problem(
                    file=", ".join(name for name, _ in self.request.files),
                    sheet="",
                    row=None,
                    column="",
                    code="full_list_incomplete",
                    severity="doubtful",
                    message="清单中有未能导入的行，无法判断缺失的条目，未撤回任何条目；"
                    "请改正后再以 --full 导入。",
                    message_en="rows of this list were rejected, so nothing was withdrawn: mend them and "
                    "import with --full again.",
                )
            )
            return
        for row in self.standing.values():
            if row.key not in arriving and row.withdrawn_at is None:
                catalogue.withdraw(self.session, row, change)
                self.counts["withdrawn"] += 1

    def _reject(self, parsed: ParsedRow, code: str, zh: str, en: str) -> None:
        problem = parsed.problem(code, zh, en, severity="rejected")
        self.problems.append(problem)
        self.rejects.append(parsed.reject(problem))


def undo_import(database: Database, import_id: int, principal: Principal, now: datetime) -> ImportReport:
    """Put every listing an import touched back to what it was, all of them or none.

    Rows it created are withdrawn, rows it changed or withdrew get their former content.

    Raises:
        NotFound: no such import in the caller's scope.
        Forbidden: the caller may not write this list.
        Conflict: it was undone already, a row it touched has been edited since, or another row has
            taken a former identity.
    """
    with database.writing() as session:
        batch = imports.find(session, import_id, principal.scope)
        if batch is None:
            raise NotFound(f"没有编号为 {import_id} 的导入。", f"there is no import {import_id}.")
        side = Side(batch.side)
        require_writer(principal, side)
        if batch.undone_at is not None:
            raise Conflict(f"导入 {import_id} 已经撤销过。", f"import {import_id} is undone already.")
        shelf = Shelf(side, source=batch.source, park_id=batch.park_id)
        written = catalogue.revisions_of_import(session, shelf, import_id)
        rows = catalogue.rows_by_id(
            session, side, (revision.listing_id for revision in written), principal.scope
        )
        edited = [rows[one.listing_id] for one in written if rows[one.listing_id].version != one.version]
        if edited:
            names = "、".join(f"{row.code or row.id}“{row.title[:20]}”" for row in edited[:5])
            raise Conflict(
                f"此次导入之后有 {len(edited)} 条又被修改（{names}），不能整体撤销；请先改回这些条目。",
                f"{len(edited)} items were changed after this import ({names}), so it cannot be undone as a "
                "whole: revert those first.",
            )
        change = Change(principal.name, now, "import", None)
        counts = Counter(
            _restore(session, shelf, rows[revision.listing_id], revision.version, change)
            for revision in written
        )
        batch.undone_at = now
        catalogue.raise_revision(session)
        return ImportReport(
            import_id=import_id,
            dry_run=False,
            rows=len(written),
            created=0,
            updated=counts["updated"],
            unchanged=0,
            withdrawn=counts["withdrawn"],
            rejected=0,
            problems=(),
        )


def _restore(session: Transaction, shelf: Shelf, row: ListingRow, version: int, change: Change) -> str:
    former = catalogue.revision_before(session, shelf, row.id, version)
    if former is None:
        catalogue.withdraw(session, row, change)
        return "withdrawn"
    listing = from_record(shelf.side, former.data)
    if identity_key(listing) != row.key and (taken := catalogue.find_by_key(session, shelf, listing)):
        raise Conflict(
            f"“{listing.title}”已另有一条（编号 {taken.id}），不能整体撤销；请先给那一条改名。",
            f"“{listing.title}” is another item now (id {taken.id}), so the import cannot be undone as a "
            "whole: rename that one first.",
        )
    catalogue.write(session, row, listing, change, withdrawn=former.withdrawn)
    row.via = former.via
    return "updated"


def import_history(
    database: Database, principal: Principal, *, before: int | None = None, limit: int = 20
) -> Iterable[dict[str, Any]]:
    """Past imports in the caller's scope, newest first."""
    with database.reading() as session:
        return [
            {
                "import_id": batch.id,
                "side": batch.side,
                "park": park_code,
                "source": batch.source,
                "files": batch.files,
                "counts": batch.counts,
                "actor": batch.actor,
                "created_at": batch.created_at,
                "undone_at": batch.undone_at,
            }
            for batch, park_code in imports.page(session, principal.scope, before=before, limit=limit)
        ]
