"""Parks, the tenants: added, listed and found, each within the caller's scope."""

from datetime import datetime

from pydantic import Field, PrivateAttr

from matcher.domain.access import Principal, Right, Scope
from matcher.domain.errors import Conflict, InvalidInput, NotFound
from matcher.domain.text import normalise
from matcher.pipeline.answers import Answer, Listed
from matcher.store import parks
from matcher.store.database import Database, Transaction
from matcher.store.parks import HeldPark


class ParkAnswer(Answer):
    """园区。"""

    code: str = Field(description="园区代码")
    name: str = Field(description="名称")
    industry: str = Field(description="主导产业")

    _id: int = PrivateAttr()

    @property
    def id(self) -> int:
        """The park's id, which is the service's own and told to nobody."""
        return self._id

    @classmethod
    def of(cls, park: HeldPark) -> "ParkAnswer":
        """A park that is kept."""
        answer = cls(code=park.code, name=park.name, industry=park.industry)
        answer._id = park.id
        return answer


def add_park(
    database: Database, principal: Principal, code: str, name: str, industry: str, now: datetime
) -> ParkAnswer:
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
        park = parks.find(session, code, principal.scope)
        if park is None:
            return ParkAnswer.of(parks.add(session, code, name, industry, now))
        if park.name != name:
            raise Conflict(
                f"园区代码 {code} 已用于“{park.name}”。",
                f"the park code {code} is {park.name}'s.",
                field="code",
            )
        return ParkAnswer.of(park)


def list_parks(database: Database, scope: Scope) -> Listed[ParkAnswer]:
    """Every park in scope, by code."""
    with database.reading() as session:
        return Listed[ParkAnswer](items=[ParkAnswer.of(park) for park in parks.page(session, scope)])


def get_park(database: Database, code: str, scope: Scope) -> ParkAnswer:
    """One park in scope.

    Raises:
        NotFound: no such park, or another's.
    """
    with database.reading() as session:
        return ParkAnswer.of(park_named(session, code, scope))


def park_named(session: Transaction, code: str, scope: Scope) -> HeldPark:
    """The park of a code in scope.

    Raises:
        NotFound: no such park, or another's.
    """
    park = parks.find(session, code, scope)
    if park is None:
        raise NotFound(f"没有代码为 {code} 的园区。", f"there is no park {code}.", field="park")
    return park
