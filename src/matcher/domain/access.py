"""Who is asking, and which parks they may see."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a key may do; which parks it may do it in is its scope."""

    ADMIN = "admin"
    OPERATOR = "operator"
    READER = "reader"
    BATCH = "batch"
    EMBED = "embed"


@dataclass(frozen=True, slots=True)
class Scope:
    """The parks a query may return or change rows of; `parks` None means every park."""

    parks: frozenset[int] | None = None

    def covers(self, park_id: int) -> bool:
        """Whether rows of this park are in scope."""
        return self.parks is None or park_id in self.parks


DISTRICT = Scope(None)
"""Every park: the district administrator, the batch and the local command line."""


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of one request: a name for the log, a role and a scope."""

    name: str
    role: Role
    scope: Scope
    key_id: int | None = None

    @property
    def may_write(self) -> bool:
        """Whether this caller may change listings of the parks in scope."""
        return self.role in {Role.ADMIN, Role.OPERATOR}

    @property
    def may_write_supply(self) -> bool:
        """Whether this caller may change the supply list, which is the whole district's."""
        return self.may_write and self.scope.parks is None


LOCAL_OPERATOR = Principal(name="local", role=Role.ADMIN, scope=DISTRICT)
"""Whoever runs the command line on the machine that holds the data."""
