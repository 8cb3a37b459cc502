"""What tests of the use cases are given: an installation with a clock of its own, lists as files, dumps."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from matcher.bootstrap import Service
from matcher.domain.access import DISTRICT, LOCAL_OPERATOR, Principal, Role, Scope
from matcher.domain.entries import EntryView
from matcher.domain.listing import Side
from matcher.domain.standings import Trigger
from matcher.index.last_night import LastNight
from matcher.pipeline.lists import reading, writing
from matcher.pipeline.lists.answers import ListingAnswer
from matcher.pipeline.lists.import_answers import ImportAnswer
from matcher.pipeline.lists.import_plan import ImportRequest
from matcher.pipeline.lists.importing import import_list
from matcher.pipeline.lists.parks import add_park
from matcher.pipeline.matches.free_text import Matching
from matcher.pipeline.nights.refresh import Refresh, RefreshReport
from matcher.pipeline.scoring.learn import Learn
from matcher.ports import Encoder
from matcher.settings import Settings
from matcher.store import ledger
from matcher.store.catalogue import HeldListing, Shelf, on_shelf
from matcher.store.database import Database
from matcher.store.tables import Base

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)
"""Noon in Beijing on 2026-11-02."""

File = tuple[str, bytes]
Row = Mapping[str, str]
Dump = dict[str, list[tuple[Any, ...]]]

_HEADINGS = {
    Side.SUPPLY: {
        "code": "成果编号",
        "title": "成果名称",
        "unit": "完成单位",
        "text": "成果简介",
        "level": "密级",
        "until": "有效期",
        "price": "拟转化金额（万元）",
    },
    Side.DEMAND: {
        "code": "需求编号",
        "title": "需求名称",
        "unit": "企业名称",
        "text": "需求详情",
        "level": "密级",
        "until": "有效期",
        "released": "是否公开",
        "price": "预算金额（万元）",
    },
}


def entry_held(database: Database, entry_id: int) -> EntryView:
    """A ledger entry as the database holds it, nothing masked."""
    with database.reading() as session:
        entry = ledger.entry(session, DISTRICT, entry_id)
    assert entry is not None
    return entry


def row(title: str, text: str = "", **cells: str) -> Row:
    """A list's row: title, text, and any of code, unit, level, until, released, price."""
    return {"title": title, "text": text, **cells}


def file_of(side: Side, rows: Sequence[Row], name: str = "list.csv") -> File:
    """The rows as a CSV file of one side's list."""
    stream = io.StringIO()
    names = _HEADINGS[side]
    writer = csv.writer(stream)
    writer.writerow(names.values())
    writer.writerows([one.get(key, "") for key in names] for one in rows)
    return name, stream.getvalue().encode()


def operator_of(*parks: int, role: Role = Role.OPERATOR) -> Principal:
    """Someone who may work in these parks alone."""
    return Principal("operator", role, Scope(frozenset(parks)))


def dump(database: Database, *left_out: str) -> Dump:
    """Every row of every table but those left out, by table."""
    with database.reading() as session:
        return {
            table.name: [tuple(one) for one in session.execute(select(table).order_by(*table.primary_key))]
            for table in Base.metadata.sorted_tables
            if table.name not in left_out
        }


class Desk:
    """One installation, worked at by the local operator, whose clock stands until `now` is set."""

    def __init__(self, service: Service, encoder: Encoder) -> None:
        self.service = service
        self.database = service.database
        self.encoder = encoder
        self.now = NOON

    @classmethod
    def at(cls, url: str, folder: Any, encoder: Encoder) -> "Desk":
        """The installation on a database that is at the newest schema."""
        return cls(Service(Settings(data_dir=folder, database_url=url, change_interval=0)), encoder)

    def park(self, code: str) -> int:
        """Add a park; returns its id."""
        return add_park(self.database, LOCAL_OPERATOR, code, f"{code}园", "", self.now).id

    def supply(self, *rows: Row, source: str = "", **options: Any) -> ImportAnswer:
        """Import rows of a supply list."""
        return self.import_files([file_of(Side.SUPPLY, rows)], Shelf(Side.SUPPLY, source=source), **options)

    def demands(self, park_id: int, *rows: Row, **options: Any) -> ImportAnswer:
        """Import rows of a park's demand list."""
        return self.import_files([file_of(Side.DEMAND, rows)], Shelf(Side.DEMAND, park_id=park_id), **options)

    def import_files(
        self, files: Sequence[File], shelf: Shelf, principal: Principal = LOCAL_OPERATOR, **options: Any
    ) -> ImportAnswer:
        """Import files to a shelf."""
        return import_list(self.database, ImportRequest(shelf, files, **options), principal, self.now)

    def shelf(self, shelf: Shelf | None = None) -> dict[str, HeldListing]:
        """The listings of a shelf by title; the district's supply list unless told."""
        with self.database.reading() as session:
            listings = on_shelf(session, shelf or Shelf(Side.SUPPLY)).values()
        return {one.title: one for one in listings}

    def demand(self, park_id: int, title: str) -> HeldListing:
        """The park's demand of this title."""
        return self.shelf(Shelf(Side.DEMAND, park_id=park_id))[title]

    def edit(self, held: HeldListing, **changes: Any) -> None:
        """Edit a listing as REST does."""
        listing = replace(held.listing, **changes)
        writing.update_listing(self.database, LOCAL_OPERATOR, held.id, listing, self.now)

    def withdraw(self, side: Side, held: HeldListing) -> None:
        """Withdraw a listing as REST does."""
        writing.withdraw_listing(self.database, LOCAL_OPERATOR, side, held.id, self.now)

    def refresher(self, top_k: int = 10) -> Refresh:
        """The nightly batch by this clock."""
        encoder = self.encoder
        return Refresh(
            self.database,
            lambda: encoder,
            self.service.open_channels,
            top_k,
            lambda: self.now,
            last_night=LastNight(self.service.settings.data_dir / "index"),
        )

    def refresh(self, top_k: int = 10) -> RefreshReport:
        """One night."""
        return self.refresher(top_k)(LOCAL_OPERATOR, Trigger.BATCH)

    def matching(self) -> Matching:
        """Free-text matching by this clock."""
        return Matching(self.database, lambda: self.encoder, self.service.open_channels, lambda: self.now)

    def learn(self) -> Learn:
        """Learning from grades."""
        service = self.service
        return Learn(self.database, lambda: self.encoder, service.build_channels)

    def live(self, side: Side) -> Sequence[ListingAnswer]:
        """Every listing of a side that is not withdrawn."""
        return reading.list_listings(self.database, side, DISTRICT, self.now, limit=10_000).items


_THINGS = (
    "阴离子交换膜",
    "氨分解催化剂",
    "液氢阀门",
    "复合材料",
    "焊缝图像",
    "疫苗佐剂",
    "土壤墒情",
    "遥感影像",
)
_MEANS = ("耐碱改性", "低温活化", "在线检测", "缺陷识别", "寿命预测", "稳定性评价", "批量制备", "反演算法")
_PLACES = ("电解制氢", "机场行李", "火箭贮箱", "无菌灌装", "温室大棚", "燃料电池客车", "卫星总装", "冷链仓库")


def rows_of(kind: str, count: int, start: int = 0, **cells: str) -> list[Row]:
    """Rows of wordings that partly overlap, with codes `kind`-number; no two say the same."""
    made = []
    for number in range(start, start + count):
        thing, means = _THINGS[number % 8], _MEANS[number // 8 % 8]
        place = _PLACES[(number // 3 + number // 64) % 8]
        made.append(
            row(
                f"{thing}{means}第{number}项",
                f"用于{place}的{thing}，要求{means}。",
                code=f"{kind}-{number}",
                **cells,
            )
        )
    return made
