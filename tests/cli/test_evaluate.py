"""Evaluating on the command line, by what is shipped and by what grades of other demands teach."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Matcher

THINGS = ("液氢阀门", "疫苗冷库", "焊缝图像", "土壤墒情", "电解隔膜", "复合材料")


def judged(folder: Path, things: tuple[str, ...]) -> Path:
    folder.mkdir()
    for name, kind in (("corpus", "d"), ("queries", "q")):
        texts = [{"_id": f"{kind}{n}", "title": one, "text": f"{one}检测"} for n, one in enumerate(things)]
        lines = (json.dumps(one, ensure_ascii=False) for one in texts)
        (folder / f"{name}.jsonl").write_text("\n".join(lines), "utf-8")
    places = range(len(things))
    grades = [f"q{n}\td{m}\t{3 if n == m else 0}" for n in places for m in places]
    (folder / "qrels.tsv").write_text("\n".join(grades), "utf-8")
    return folder


def test_evaluation_by_what_another_folder_teaches(matcher: Matcher, tmp_path: Path) -> None:
    own, others = judged(tmp_path / "own", THINGS[:3]), judged(tmp_path / "others", THINGS[3:])
    shipped = matcher("evaluate", own, "--pooled", "--json").json
    assert shipped["grade_score"] == 1 / (1 + shipped["grade_mae"])
    assert shipped["learned"] is None
    learned = matcher("evaluate", own, "--pooled", "--learn-from", others, "--json").json
    assert learned["learned"]["demands"] == 3
    assert learned["brier"] != shipped["brier"]
    shown = matcher("evaluate", own, "--pooled", "--learn-from", others)
    assert "grade_mae" in shown.out
    assert "why_zh" in shown.out
    assert "learn" not in matcher("evaluate", own, "--pooled").out


def test_evaluation_by_folds_reports_progress_aside(matcher: Matcher, tmp_path: Path) -> None:
    own = judged(tmp_path / "own", THINGS)
    ended = matcher("evaluate", own, "--pooled", "--folds", 3, "--json")
    assert ended.json["learned"]["folds"] == 3
    assert "learn: 3/3" in ended.err


@pytest.mark.parametrize(
    "options", [("--folds", "1"), ("--learn-from", "OWN"), ("--learn-from", "OWN", "--folds", "5")]
)
def test_a_lesson_that_teaches_nothing_new_is_wrong_usage(
    matcher: Matcher, tmp_path: Path, options: tuple[str, ...]
) -> None:
    own = judged(tmp_path / "own", THINGS)
    ended = matcher("evaluate", own, *(own if one == "OWN" else one for one in options))
    assert (ended.code, ended.out) == (2, "")
    assert "--folds" in ended.err


def test_a_channel_beside_itself_is_noise_and_every_figure_has_both_means(
    matcher: Matcher, tmp_path: Path
) -> None:
    own = judged(tmp_path / "own", THINGS)
    same = matcher("evaluate", own, "--pooled", "--against", "fused", "--json").json
    for name, figure in same["comparison"].items():
        assert figure["mean"] == figure["against"] == pytest.approx(same[name])
        assert (figure["difference"], figure["low"], figure["high"], figure["verdict"]) == (0, 0, 0, "noise")
    assert same["comparison"].keys() == same["intervals"].keys() == {"ndcg@10", "auc", "mrr@10", "recall@10"}
    shown = matcher("evaluate", own, "--pooled", "--against", "lexical", "--against-encoder", "bundled")
    assert "属于噪声" in shown.out
    assert "comparison" not in matcher("evaluate", own, "--json").json
    assert matcher("evaluate", own, "--against", "magic").code == 2
