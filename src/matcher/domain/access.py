"""Who is asking, what they may do, and in which parks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from matcher.domain.errors import Forbidden


class Role(StrEnum):
    """What a key is for; which parks it may do it in is its scope."""

    ADMIN = "admin"
    OPERATOR = "operator"
    TECHNOLOGY_MANAGER = "technology_manager"
    RESEARCH_UNIT = "research_unit"
    READER = "reader"
    BATCH = "batch"
    EMBED = "embed"


class Right(StrEnum):
    """One thing that a role may or may not do."""

    READ_PARK = "read_park"
    READ_SUPPLY = "read_supply"
    WRITE_DEMANDS = "write_demands"
    WRITE_SUPPLY = "write_supply"
    WORK_LEDGER = "work_ledger"
    RUN_PARK = "run_park"
    UNMASK = "unmask"
    START_RUN = "start_run"
    ISSUE_EMBED = "issue_embed"
    ADMINISTER = "administer"


RIGHT_LABELS: Mapping[StrEnum, tuple[str, str]] = {
    Right.READ_PARK: ("查看园区数据", "see a park's data"),
    Right.READ_SUPPLY: ("查看供给清单", "see the supply list"),
    Right.WRITE_DEMANDS: ("修改需求清单", "change the demand list"),
    Right.WRITE_SUPPLY: ("修改供给清单", "change the supply list"),
    Right.WORK_LEDGER: ("填写台账", "work the ledger"),
    Right.RUN_PARK: ("修改园区规则", "change a park's rules"),
    Right.UNMASK: ("查看联系方式", "see contacts"),
    Right.START_RUN: ("启动匹配", "start a run"),
    Right.ISSUE_EMBED: ("签发嵌入令牌", "issue embed tokens"),
    Right.ADMINISTER: ("管理园区与密钥", "manage parks and keys"),
}
"""Right → (Chinese, English), as in `domain.labels`; here because a refusal names what it refuses."""

_OPERATOR = frozenset(
    {
        Right.READ_PARK,
        Right.READ_SUPPLY,
        Right.WRITE_DEMANDS,
        Right.WRITE_SUPPLY,
        Right.WORK_LEDGER,
        Right.RUN_PARK,
        Right.UNMASK,
        Right.START_RUN,
        Right.ISSUE_EMBED,
    }
)
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.ADMIN: _OPERATOR | {Right.ADMINISTER},
    Role.OPERATOR: _OPERATOR,
    Role.TECHNOLOGY_MANAGER: frozenset({Right.READ_PARK, Right.READ_SUPPLY, Right.WORK_LEDGER, Right.UNMASK}),
    Role.RESEARCH_UNIT: frozenset({Right.READ_SUPPLY, Right.WRITE_SUPPLY}),
    Role.READER: frozenset({Right.READ_PARK, Right.READ_SUPPLY}),
    Role.BATCH: frozenset({Right.READ_PARK, Right.READ_SUPPLY, Right.START_RUN}),
    Role.EMBED: frozenset(),
}
"""Role → rights. A technology manager works the entries assigned to them alone; a research unit sees and
changes its own achievements alone; an operator of parks changes no supply list, which is the district's."""

_DISTRICT_ONLY = frozenset({Right.ADMINISTER, Right.WRITE_SUPPLY})


@dataclass(frozen=True, slots=True)
class Scope:
    """What a query may return or change rows of: the parks, and on the supply list the organisations.

    None means every park, and every organisation. The organisations are those spellings of a research
    unit's name that the supply list holds.
    """

    parks: frozenset[int] | None = None
    organisations: frozenset[str] | None = None

    def covers(self, park_id: int) -> bool:
        """Whether rows of this park are in scope."""
        return self.parks is None or park_id in self.parks


DISTRICT = Scope(None)
"""Every park: the district administrator, the batch and the local command line."""


@dataclass(frozen=True, slots=True)
class Principal:
    """The caller of one request: a name for the log, a role and a scope.

    `subject` says whose rows are the caller's own: the organisation of a research unit, the name of a
    technology manager as the ledger writes it. `account` tells apart callers of the same name who hold
    no key of this service; `expires_at` is when the credential ends by itself.
    """

    name: str
    role: Role
    scope: Scope
    key_id: int | None = None
    subject: str = ""
    account: str = ""
    expires_at: datetime | None = None

    @property
    def rights(self) -> tuple[Right, ...]:
        """Every right the caller has, within its scope."""
        return tuple(right for right in Right if self.may(right))

    def may(self, right: Right) -> bool:
        """Whether the caller has this right, within its scope."""
        if right not in RIGHTS[self.role]:
            return False
        if self.role is Role.RESEARCH_UNIT:
            return True
        return right not in _DISTRICT_ONLY or self.scope.parks is None

    def require(self, right: Right) -> None:
        """Refuse a caller without this right.

        Raises:
            Forbidden: the role or the scope does not hold it.
        """
        if not self.may(right):
            zh, en = RIGHT_LABELS[right]
            raise Forbidden(f"当前的密钥或登录无权{zh}。", f"this key or login may not {en}.")


LOCAL_OPERATOR = Principal(name="local", role=Role.ADMIN, scope=DISTRICT)
"""Whoever runs the command line on the machine that holds the data."""
