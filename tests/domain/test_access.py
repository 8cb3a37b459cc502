"""Rights: what each role may do, and what only the whole district may."""

import pytest

from matcher.domain.access import DISTRICT, RIGHT_LABELS, RIGHTS, Principal, Right, Role, Scope
from matcher.domain.errors import Forbidden

ONE_PARK = Scope(frozenset({1}))
OWN = Scope(frozenset(), frozenset({"示例研究院"}))


def holder(role: Role, scope: Scope = ONE_PARK) -> Principal:
    return Principal("某", role, scope)


def test_every_role_has_its_rights_and_every_right_is_someones() -> None:
    assert RIGHTS.keys() == set(Role)
    assert set().union(*RIGHTS.values()) == set(Right) == RIGHT_LABELS.keys()


def test_the_district_alone_administers_and_changes_the_supply_list() -> None:
    for right in (Right.ADMINISTER, Right.WRITE_SUPPLY):
        assert holder(Role.ADMIN, DISTRICT).may(right)
        assert not holder(Role.ADMIN).may(right)
        assert not holder(Role.OPERATOR).may(right)


def test_a_research_unit_writes_supply_and_sees_no_park() -> None:
    assert holder(Role.RESEARCH_UNIT, OWN).rights == (Right.READ_SUPPLY, Right.WRITE_SUPPLY)


def test_a_reader_and_the_batch_change_nothing() -> None:
    assert holder(Role.READER, DISTRICT).rights == (Right.READ_PARK, Right.READ_SUPPLY)
    assert holder(Role.BATCH, DISTRICT).rights == (Right.READ_PARK, Right.READ_SUPPLY, Right.START_RUN)
    assert holder(Role.EMBED).rights == ()


def test_a_technology_manager_works_the_ledger_and_no_list() -> None:
    rights = holder(Role.TECHNOLOGY_MANAGER).rights
    assert Right.WORK_LEDGER in rights
    assert not {Right.WRITE_DEMANDS, Right.RUN_PARK, Right.START_RUN} & set(rights)


@pytest.mark.parametrize("right", Right)
def test_a_refusal_says_in_both_languages_what_is_not_allowed(right: Right) -> None:
    with pytest.raises(Forbidden) as refused:
        holder(Role.EMBED).require(right)
    zh, en = RIGHT_LABELS[right]
    assert refused.value.zh == f"当前的密钥或登录无权{zh}。"
    assert refused.value.en == f"this key or login may not {en}."
    assert right not in refused.value.zh


def test_a_right_that_is_held_is_not_refused() -> None:
    holder(Role.OPERATOR).require(Right.START_RUN)
