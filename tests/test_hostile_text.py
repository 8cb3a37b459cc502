"""What untrusted text can reach costs no more than in proportion to the text, whoever wrote it."""

import csv
import io
import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from matcher.domain.beside import masked_beside
from matcher.domain.errors import InvalidInput
from matcher.domain.highlight import highlights
from matcher.domain.listing import Achievement, Demand, Side, identity_key, text_of
from matcher.domain.masking import restore_contacts
from matcher.domain.maturity import parse_maturity
from matcher.domain.money import parse_money
from matcher.domain.person import person_of
from matcher.domain.quantities import quantities_in
from matcher.domain.stated import StatedPair, industry, mode, region
from matcher.domain.terms import Phrases, matched_terms
from matcher.domain.text import TextView, chinese_share, fold, mask_contacts, normalise, says_enough
from matcher.domain.work import MAX_TEXT
from matcher.files.contacts import parse_contact
from matcher.files.headings import field_of
from matcher.files.ledger_csv import as_written, kept_as_text
from matcher.files.ledger_reading import read_ledger, says
from matcher.files.ledger_sheet import COLUMNS, FILLED_IN, same_machine_cell
from matcher.files.plain_headings import unit_of
from matcher.files.safe_cells import plain
from matcher.files.values import (
    is_period,
    parse_confidentiality,
    parse_date,
    parse_kind,
    parse_modes,
    parse_yes_no,
    split_terms,
)
from matcher.index.ngrams import count_ngrams
from tests.files.given import read_list
from tests.hostile import LONGEST, Found, outgrows, patterns, texts_against, texts_of

SHORT = {
    "matcher.domain.quantity_names": 24,
    "matcher.domain.quantities._LEADING": 24,
    "matcher.domain.quantities._FORMER": 24,
}
"""Patterns, or modules of such, that see no more than the 24 characters before a figure."""

PARTS = (
    *"a1中的、，,;；/()（[【<*+-—.@%&#'\"～~ \n\t年万",
    *("a@", "@b.c", "13800005555 ", "***", "&#", "&#1", "&lt;", "_x000D_"),
    *("１", "％", "½", "\u0301\u0316", "\uff9e"),
    *("天地", "天地、", "面议", "或", "视", "约", "以上", "内完成", "1年", "2027年1月"),
    *("1m", "m/", "米2·", "1,000", "×10", "提高"),
)  # fmt: skip
"""What the service's readers look for, and what Unicode makes hard."""

HELD = "张工 13800005555，或 010-55500107、wu.shili@example.com；备用 138-0000-5556"
PERSON = person_of(name="吴十力", phone="13800005555", email="wu.shili@example.com")


def _longest(found: Found) -> int:
    return next((length for name, length in SHORT.items() if found.name.startswith(name)), LONGEST)


@pytest.mark.parametrize("found", list(patterns()), ids=lambda found: found.name)
def test_every_pattern_takes_time_in_proportion_to_the_text(found: Found) -> None:
    texts = texts_against(found.pattern, random.Random(found.name))
    assert outgrows(found.exercise, texts, longest=_longest(found)) == ""


def _csv(*rows: list[str]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode("utf-8", "replace")


def _row_of_a_list(text: str) -> None:
    read_list(_csv(["需求名称", "预算", "需求时限", "备注"], ["甲", text, text, text]), "a.csv", Side.DEMAND)


def _file(text: str) -> None:
    for name in ("a.csv", "a.jsonl"):
        read_list(text.encode("utf-8", "replace"), name, Side.DEMAND)


def _headings(text: str) -> None:
    read_list(_csv(["需求名称", "预算", *text], ["甲", "", *text]), "a.csv", Side.DEMAND)


def _row_of_the_ledger(text: str) -> None:
    headings = [column.zh for column in COLUMNS]
    with suppress(InvalidInput):
        read_ledger(_csv(headings, [text] * len(headings)))


def _cells_of_the_ledger(text: str) -> None:
    for column in {column.kind: column for column in FILLED_IN}.values():
        with suppress(InvalidInput):
            says(column, text)
    same_machine_cell(text, text)
    as_written(kept_as_text(plain(text)))


def _values(text: str) -> None:
    for read in (parse_money, parse_kind, parse_confidentiality, parse_yes_no, parse_date):
        with suppress(InvalidInput):
            read(text)
    parse_maturity(text)
    is_period(text)
    parse_contact(text)


def _terms(text: str) -> None:
    split_terms(text)
    parse_modes(text)


def _headed(text: str) -> None:
    field_of.__wrapped__(text, Side.DEMAND)
    unit_of(text)


def _contacts(text: str) -> None:
    held = text[:MAX_TEXT] + HELD
    restore_contacts(mask_contacts(held), held)
    restore_contacts(f"{text}***", HELD)
    masked_beside("联系人", text)


def _phrases(text: str) -> None:
    said = normalise(text)
    phrases = matched_terms(Phrases(TextView(said)), Phrases(TextView("甲", said)))
    highlights(said, phrases)


def _stated(text: str) -> None:
    said = normalise(text)
    demand = Demand(title=said, industry=said, modes=split_terms(said), region=said)
    achievement = Achievement(title=said, industry=said[::-1], modes=split_terms(said[::-1]), region="乙")
    sides = StatedPair(demand, achievement)
    for feature in (industry, mode, region):
        feature(sides)
    identity_key(demand)
    text_of(demand)


def _compared(text: str) -> None:
    chinese_share(text)
    says_enough(text)
    fold(text)
    count_ngrams([normalise(text)])


REACHED: tuple[Callable[[str], object], ...] = (
    normalise, mask_contacts, _contacts, _values, _terms, _headed, quantities_in.__wrapped__, PERSON.without,
    _phrases, _stated, _compared, _row_of_a_list, _file, _headings, _cells_of_the_ledger, _row_of_the_ledger,
)  # fmt: skip
"""What text from files, requests and the command line is given to."""

COSTLY = (_values, _terms, _stated, _row_of_a_list, _headings, _cells_of_the_ledger)
"""Those that are tried on shorter texts only, for they read a text several times."""


@pytest.mark.parametrize("run", REACHED, ids=lambda run: run.__name__.strip("_"))
def test_whatever_reads_text_takes_time_in_proportion_to_it(run: Callable[[str], object]) -> None:
    texts = texts_of(PARTS, random.Random(run.__name__), 40)
    assert outgrows(run, texts[::2], screened=(250, 1_000) if run in COSTLY else (1_000, 4_000)) == ""
