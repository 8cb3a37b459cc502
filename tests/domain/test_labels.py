import importlib
import pkgutil
from enum import StrEnum

import matcher.domain
from matcher.domain.labels import LABELS, label
from matcher.domain.listing import Confidentiality, Side
from matcher.domain.stages import Stage


def _enumerations() -> set[type[StrEnum]]:
    modules = [
        importlib.import_module(f"matcher.domain.{module.name}")
        for module in pkgutil.iter_modules(matcher.domain.__path__)
    ]
    return {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum
    }


def test_every_code_of_the_domain_has_a_chinese_and_an_english_label() -> None:
    enumerations = _enumerations()
    assert {Side, Stage, Confidentiality} <= enumerations
    for enumeration in enumerations:
        for code in enumeration:
            assert label(code, "zh"), code
            assert label(code, "en").isascii(), code


def test_labels_of_one_enumeration_are_distinct() -> None:
    for labels in LABELS.values():
        for language in (0, 1):
            assert len({pair[language] for pair in labels.values()}) == len(labels)


def test_codes_of_equal_spelling_keep_their_own_labels() -> None:
    assert label(Confidentiality.PUBLIC, "zh") == "公开"
    assert label(Stage.PENDING, "zh") == "待对接"
