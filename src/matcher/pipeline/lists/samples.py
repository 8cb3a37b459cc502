"""The sample lists, for an installation that holds nothing yet."""

import json
from datetime import datetime
from pathlib import Path

from matcher.domain.access import DISTRICT, LOCAL_OPERATOR
from matcher.domain.listing import Side
from matcher.files.reading import read_lists
from matcher.pipeline.lists.import_plan import ImportRequest
from matcher.pipeline.lists.importing import apply_list
from matcher.store import catalogue, parks
from matcher.store.catalogue import Shelf
from matcher.store.database import Database

SOURCE = "示例"
"""The source tag of the sample supply list."""


def load_samples(database: Database, folder: Path, now: datetime) -> bool:
    """Import the lists in `folder` into an empty database, all or none; says whether it did.

    The folder holds `parks.json`, `achievements.*` and a `demands` folder with one file per park code.
    A database with a park or a listing in it, withdrawn ones included, is left alone.
    """
    with database.writing() as session:
        if parks.page(session, DISTRICT) or catalogue.revision(session):
            return False
        lists = [(Shelf(Side.SUPPLY, source=SOURCE), next(folder.glob("achievements.*")))]
        for entry in json.loads((folder / "parks.json").read_text("utf-8")):
            park = parks.add(session, entry["code"], entry["name"], entry["industry"], now)
            demands = next((folder / "demands").glob(f"{park.code}.*"))
            lists.append((Shelf(Side.DEMAND, park_id=park.id), demands))
        for shelf, path in lists:
            request = ImportRequest(shelf=shelf, files=[(path.name, path.read_bytes())])
            parsed = read_lists(request.files, shelf.side)
            apply_list(session, request, parsed, LOCAL_OPERATOR, now)
    return True
