"""Rules as people write them, read: a park's profile (一园一方案), a demand's own constraints."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from pydantic import ValidationError

from matcher.domain.errors import InvalidInput
from matcher.domain.field_names import choice_words, field_words, path_words
from matcher.domain.rules import Constraints, ParkProfile
from matcher.domain.text import normalise
from matcher.pipeline.invalid_values import said_of
from matcher.store import rule_versions

Rule = TypeVar("Rule", ParkProfile, Constraints)


def profile_from(record: object) -> ParkProfile:
    """A park's profile as people write it, its names normalised; what is left out is as by default.

    Raises:
        InvalidInput: an unknown field or an impossible value; `field` names it.
    """
    stated = _stated(record, ParkProfile, "profile")
    _stated(stated.get("constraints", {}), Constraints, "constraints")
    profile = _valid(rule_versions.profile_from_record, stated)
    return replace(
        profile,
        industries={normalise(name): weight for name, weight in profile.industries.items()},
        partners=_names(profile.partners),
        excluded_organisations=_names(profile.excluded_organisations),
        constraints=_tidied(profile.constraints),
    )


def constraints_from(record: object) -> Constraints:
    """A demand's own constraints as people write them.

    Raises:
        InvalidInput: as `profile_from`.
    """
    return _tidied(_valid(rule_versions.constraints_from_record, _stated(record, Constraints, "constraints")))


def _stated(record: object, kind: type[ParkProfile] | type[Constraints], name: str) -> Mapping[str, Any]:
    if not isinstance(record, Mapping):
        zh, en = field_words(name)
        raise InvalidInput(f"{zh}（{name}）须为一个 JSON 对象。", f"{en} is one JSON object.", field=name)
    known = {field.name for field in fields(kind)}
    if strange := sorted(str(name) for name in record if name not in known):
        nested = kind is ParkProfile and strange[0] in {field.name for field in fields(Constraints)}
        raise InvalidInput(
            f"{field_words(strange[0])[0]}（{strange[0]}）是硬性条件，"
            f'请写在 constraints 里：{{"constraints": {{"{strange[0]}": …}}}}。'
            if nested
            else f"没有名为“{strange[0]}”的规则；可用的有：{choice_words(sorted(known))}。",
            f"{strange[0]} goes into constraints."
            if nested
            else f"there is no rule {strange[0]}; there are {', '.join(sorted(known))}.",
            field=strange[0],
        )
    return record


def _valid(read: Callable[[Any], Rule], stated: Mapping[str, Any]) -> Rule:
    try:
        return read(stated)
    except ValidationError as error:
        wrong = error.errors()[0]
        name = ".".join(str(part) for part in wrong["loc"])
        raise InvalidInput(
            f"{path_words(wrong['loc'])[0]}（{name}）的值 {wrong['input']!r} 无效：{said_of(wrong)}",
            f"{name} is {wrong['input']!r}: {wrong['msg']}.",
            field=name,
        ) from None


def _tidied(constraints: Constraints) -> Constraints:
    return replace(constraints, modes=_names(constraints.modes), regions=_names(constraints.regions))


def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalise(name) for name in names))
