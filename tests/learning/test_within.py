"""Grades of a demand predict those of its other pairs, where there are enough, and no other demand's."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.learning.evaluating import Lesson
from matcher.learning.within import FEWEST, GradedPairs, GradePredictor, Pairs
from tests.learning.test_evaluating import run, taught, write

KINDS = ("阀门", "冷链", "液氢", "视觉", "种子")
PARTS = tuple("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥")


def split(directory: Path, odd: int, demands: int) -> Path:
    """Of every demand's pairs with 110 documents, each even or odd one; only one kind is any good to each."""
    directory.mkdir()
    things = [f"{kind}{kind}{part}" for part in PARTS for kind in KINDS]
    return write(
        directory,
        documents=[{"_id": f"d{n}", "title": thing} for n, thing in enumerate(things)],
        queries=[{"_id": f"q{n}", "title": f"需求{KINDS[-n]}"} for n in range(demands)],
        qrels=[
            f"q{n}\td{m}\t{3 if thing.startswith(KINDS[n]) else 0}"
            for n in range(demands)
            for m, thing in enumerate(things)
            if m % 2 == odd
        ],
    )


def test_grades_of_one_half_foretell_those_of_the_other(tmp_path: Path) -> None:
    own, lesson = split(tmp_path / "own", 0, 5), split(tmp_path / "lesson", 1, 5)
    before, after = run(own, pooled=True).as_json(), taught(own, Lesson(directory=lesson))
    assert after["learned"] == {"from": "lesson", "within": 275}
    assert after["grade_score"] > 0.95 > before["grade_score"]
    unmoved = ("ndcg@10", "auc", "brier")
    assert [after[name] for name in unmoved] == [before[name] for name in unmoved]


def test_grades_too_few_change_nothing(tmp_path: Path) -> None:
    own, lesson = split(tmp_path / "own", 0, 3), split(tmp_path / "lesson", 1, 3)
    assert FEWEST > 3 * 55
    before, after = run(own, pooled=True).as_json(), taught(own, Lesson(directory=lesson))
    assert after["learned"] == {"from": "lesson"}
    assert after["grade_score"] == before["grade_score"]


def test_the_evaluated_pairs_own_grades_predict_nothing(tmp_path: Path) -> None:
    own, copy = split(tmp_path / "own", 0, 5), split(tmp_path / "copy", 0, 5)
    with pytest.raises(InvalidInput, match="--folds 5"):
        taught(own, Lesson(directory=copy))


def demand(grades: list[int], groups: list[int]) -> GradedPairs:
    """Pairs whose achievements are alike within a group, and in nothing else."""
    same = np.equal.outer(groups, groups).astype(float)
    figures = [{"dense": 0.5, "lexical_text": 0.2}] * len(grades)
    return GradedPairs(Pairs(figures, [9] * len(grades), same, same), np.array(grades, dtype=np.int64))


@given(st.permutations(range(40)), st.integers(0, 3), st.integers(0, 3))
def test_an_achievement_is_graded_as_those_like_it_in_whichever_order(
    order: list[int], low: int, high: int
) -> None:
    kinds = [place % 2 for place in range(40)]
    known = demand([(low, high)[kind] for kind in kinds], kinds)
    predictor = GradePredictor.fitted([known] * 5)
    shuffled = demand([(low, high)[kinds[place]] for place in order], [kinds[place] for place in order])
    likeness = np.equal.outer([0, 1], [kinds[place] for place in order]).astype(float)
    asked = Pairs(shuffled.pairs.figures[:2], [9, 9], likeness, likeness)
    assert predictor.grades(shuffled, asked).tolist() == [low, high]
