"""What each kind of caller must be answered by an operation, and how a rule says it.

What a cell must answer is derived from the right that the operation needs, the caller's role and scope, and
what the request aims at; an exception is named with its reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from matcher.domain.access import DISTRICT, Principal, Right, Role, Scope
from tests.api.matrix_town import ORIGIN, Target, Town

Where = Literal["own", "other"]
PLACES: tuple[Where, ...] = ("own", "other")
CALLERS: tuple[str, ...] = (
    "admin",
    "operator",
    "technology_manager",
    "research_unit",
    "batch",
    "reader",
    "embed",
    "nobody",
)
"""Keys of every role, the administrator's for the district and the others' for one park; an embed token of
that park; and no credential."""


class Aim(StrEnum):
    """What a request names, and therefore who may not be told that it exists."""

    PARK = "a park, or a row of one"
    SUPPLY = "an achievement, which is every park's and one research unit's"
    SCOPE = "nothing: the answer holds what the caller may see"
    ANYONE = "nothing, and asks for no key"


@dataclass(frozen=True)
class Ask:
    """One request."""

    method: str
    path: str
    sent: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """What an operation needs, how it is asked, and what it answers where it is allowed.

    `prepare` makes what an allowed request uses up. `shown`: the administrator does see the other park's
    words. `exceptions` gives a caller the statuses in the own and in the other park, with the reason.
    """

    ask: Callable[[Target], Ask]
    right: Right | None = None
    aim: Aim = Aim.PARK
    ok: int = 200
    prepare: Callable[[Town, Target], Target] | None = None
    shown: bool = False
    exceptions: Mapping[str, tuple[int, int, str]] = field(default_factory=dict)


def expected(rule: Rule, caller: str, where: Where) -> int:
    """The status of one cell."""
    if caller in rule.exceptions:
        own, other, _reason = rule.exceptions[caller]
        return own if where == "own" else other
    if rule.aim is Aim.ANYONE:
        return rule.ok
    if caller in {"embed", "nobody"}:
        return 401
    principal = _principal(Role(caller))
    if rule.right is not None and not principal.may(rule.right):
        return 403
    if rule.aim is Aim.PARK and not principal.scope.covers(1 if where == "own" else 2):
        return 404
    if rule.aim is Aim.SUPPLY and caller == "research_unit" and where == "other":
        return 404
    return rule.ok


def _principal(role: Role) -> Principal:
    """A caller as the matrix has them; park 1 stands for the own one."""
    if role is Role.ADMIN:
        return Principal("", role, DISTRICT)
    if role is Role.RESEARCH_UNIT:
        return Principal("", role, Scope(frozenset(), frozenset({"own"})))
    return Principal("", role, Scope(frozenset({1})))


def get(path: str) -> Callable[[Target], Ask]:
    """Asking for an address; `{park}` and the like stand for what is aimed at."""
    return lambda target: Ask("GET", path.format(**vars(target)))


def send(method: str, path: str, **body: Any) -> Callable[[Target], Ask]:
    """Sending a JSON body; texts in it are filled in from what is aimed at, as in `path`."""

    def ask(target: Target) -> Ask:
        return Ask(method, path.format(**vars(target)), {"json": _filled(body, target)} if body else {})

    return ask


def upload(path: str, name: str, **fields: str) -> Callable[[Target], Ask]:
    """Sending a file, `Target.files[name]`, with fields."""

    def ask(target: Target) -> Ask:
        data = {key: value.format(**vars(target)) for key, value in fields.items()}
        return Ask("POST", path.format(**vars(target)), {"files": {"file": target.files[name]}, "data": data})

    return ask


def _filled(value: Any, target: Target) -> Any:
    match value:
        case str() if value.startswith("{") and value.endswith("}"):
            return getattr(target, value[1:-1])
        case str():
            return value.format(**vars(target))
        case dict():
            return {key: _filled(one, target) for key, one in value.items()}
        case list():
            return [_filled(one, target) for one in value]
        case _:
            return value


def embedded(target: Target) -> Ask:
    """The one read that an embed token opens, from a page of the origin it names."""
    return Ask("GET", f"/v1/embed/demands/{target.demand}/matches", {"headers": {"Origin": ORIGIN}})
