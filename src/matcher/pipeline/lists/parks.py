"""Parks, the tenants: added, listed and found, each within the caller's scope."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.errors import Conflict, InvalidInput, NotFound
from matcher.domain.text import normalise
from matcher.store import parks
from matcher.store.database import Database, Transaction
from matcher.store.tables import Park


@dataclass(frozen=True, slots=True)
class ParkView:
    """A park as callers see it."""

    code: str
    name: str
    industry: str
    id: int

    def as_json(self) -> dict[str, Any]:
        """The stable JSON form."""
        return {"code": self.code, "name": self.name, "industry": self.industry}


def add_park(
    database: Database, principal: Principal, code: str, name: str, industry: str, now: datetime
) -> ParkView:
    """Add a park; adding the same one again changes nothing.

    Raises:
        Forbidden: the caller is not the district's.
        Conflict: the code is another park's.
        InvalidInput: a code that is not 1–64 letters, digits, `-` or `_`, or no name.
    """
    principal.require(Right.ADMINISTER)
    code, name = normalise(code), normalise(name)
    if not code or len(code) > 64 or not all(sign.isalnum() or sign in "-_" for sign in code):
        raise InvalidInput(
            "园区代码须为 1–64 个字母、数字、“-”或“_”。",
            "a park code is 1–64 letters, digits, - or _.",
            field="code",
        )
    if not name:
        raise InvalidInput("请填写园区名称。", "give the park a name.", field="name")
    with database.writing() as session:
        found = parks.find(session, code, principal.scope)
        if found is None:
            return _park_view(parks.add(session, code, name, industry, now))
        if found.name != name:
            raise Conflict(
                f"园区代码 {code} 已用于“{found.name}”。",
                f"the park code {code} is {found.name}'s.",
                field="code",
            )
        return _park_view(found)


def list_parks(database: Database, scope: Scope) -> list[ParkView]:
    """Every park in scope."""
    with database.reading() as session:
        return [_park_view(park) for park in parks.page(session, scope)]


def get_park(database: Database, code: str, scope: Scope) -> ParkView:
    """One park in scope.

    Raises:
        NotFound: no such park, or another's.
    """
    with database.reading() as session:
        return _park_view(park_named(session, code, scope))


def park_named(session: Transaction, code: str, scope: Scope) -> Park:
    """The park of a code in scope.

    Raises:
        NotFound: no such park, or another's.
    """
    park = parks.find(session, code, scope)
    if park is None:
        raise NotFound(f"没有代码为 {code} 的园区。", f"there is no park {code}.", field="park")
    return park


def _park_view(park: Park) -> ParkView:
    return ParkView(code=park.code, name=park.name, industry=park.industry, id=park.id)
