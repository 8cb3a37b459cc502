"""A park's ledger of any number of entries, written straight into the tables: no night is needed for it."""

from datetime import UTC, datetime

from sqlalchemy import insert

from matcher.domain.listing import Achievement, Contact, Demand, Side
from matcher.store import parks, revisions
from matcher.store.catalogue import Shelf
from matcher.store.database import Database
from matcher.store.revisions import Change
from matcher.store.tables import LedgerEntry

_NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
_EACH = 100
"""Entries of a demand."""


def fill(database: Database, park: str, count: int, *, title: str = "泄漏检测") -> None:
    """Add a park with `count` entries, a multiple of a hundred, all proposed by no run."""
    change = Change("某人", _NOW, "import")
    contact = Contact("示例张", "13800005555", "zhang@example.com")
    demands = [
        Demand(title=f"{title}{number}", code=f"XQ-{number}", organisation="某公司", contact=contact)
        for number in range(count // _EACH)
    ]
    supply = [
        Achievement(title=f"检测方法{number}", code=f"CG-{number}", organisation="某院")
        for number in range(_EACH)
    ]
    with database.writing() as session:
        park_id = parks.add(session, park, f"{park}园", "", _NOW).id
        asked = revisions.add(session, Shelf(Side.DEMAND, park_id=park_id), demands, change)
        offered = revisions.add(session, Shelf(Side.SUPPLY, source=park), supply, change)
        for demand in asked:
            rows = [
                {
                    "park_id": park_id,
                    "demand_id": demand.id,
                    "achievement_id": achievement.id,
                    "demand_version": 1,
                    "achievement_version": 1,
                    "standing": "current",
                    "first_seen": _NOW,
                    "rank": rank,
                    "similarity": 0.5,
                    "score": 1 - rank / 1000,
                    "probability": 0.4,
                    "terms": ["泄漏"],
                }
                for rank, achievement in enumerate(offered, start=1)
            ]
            session.execute(insert(LedgerEntry), rows)
