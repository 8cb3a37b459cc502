import re

import pytest

from matcher.domain.errors import InvalidInput
from matcher.domain.field_names import NAMES, choice_words, field_words, path_words
from matcher.domain.rules import ParkProfile


def test_every_field_is_called_something_in_each_language() -> None:
    for name, (zh, en) in NAMES.items():
        assert re.search("[一-鿿]", zh), name
        assert en
        assert not re.search("[一-鿿]", en), name
        assert "_" not in zh + en


def test_a_field_within_others_is_named_with_them() -> None:
    assert path_words(("budget", "low")) == ("预算金额的下限", "budget, lower bound")
    assert path_words(("milestones", 1, "name")) == ("里程碑的第 2 项的名称", "Milestones, item 2, name")


def test_a_name_that_nobody_knows_is_quoted() -> None:
    assert field_words("titel") == ("“titel”", "“titel”")
    assert field_words("长" * 50)[0] == f"“{'长' * 40}”"


def test_fields_to_choose_from_show_what_to_write() -> None:
    assert choice_words(["due", "title"]) == "截止日期（due）、名称（title）"


def test_a_rule_that_cannot_be_is_called_by_its_name_with_what_to_write() -> None:
    with pytest.raises(InvalidInput, match="min_score: ") as refused:
        ParkProfile(min_score=2)
    assert refused.value.zh == "得分门槛（min_score）：门槛须在 0 到 1 之间。"
