"""`matcher encoder` and the settings about models, with a real transformer of one layer."""

import json
from pathlib import Path

import pytest

from matcher.embed.cross_encoder import CrossEncoderReranker
from tests.cli.conftest import SEED, Matcher
from tests.embed.models import make_cross_encoder, make_encoder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_encoder(tmp_path_factory.mktemp("models") / "small")


@pytest.fixture
def filled(matcher: Matcher) -> Matcher:
    for command in (
        ["park", "add", "hydrogen", "--name", "氢能园"],
        ["import", "achievements", SEED / "achievements.xlsx"],
        ["import", "demands", SEED / "demands" / "hydrogen.csv", "--park", "hydrogen"],
        ["refresh", "--json"],
    ):
        assert matcher(*command).code == 0
    return matcher


def test_an_encoder_is_used_shown_gone_back_from_and_forgotten(filled: Matcher, folder: Path) -> None:
    first = filled("encoder", "show", "--json").json
    assert (first["spec"], first["by"], first["can_go_back"]) == (None, None, False)
    former = filled("ledger", "list", "--json").json
    used = filled("encoder", "use", folder, "--json")
    assert used.code == 0, used.err
    assert used.json["spec"] == str(folder)
    assert used.json["encoded"] > 0
    assert used.json["run"]["entries_changed"] + used.json["run"]["entries_created"] > 0
    assert "encode supply: " in used.err
    shown = filled("encoder", "show", "--json").json
    assert shown["encoder_id"] == shown["ledger_encoder_id"] == used.json["encoder_id"]
    assert (shown["can_go_back"], shown["back_to"]) == (True, None)
    assert {one["encoder_id"] for one in shown["cached"]} == {first["encoder_id"], shown["encoder_id"]}
    assert filled("encoder", "forget", shown["encoder_id"]).code == 4
    back = filled("encoder", "back", "--json").json
    assert (back["spec"], back["encoded"]) == (None, 0)
    now = filled("ledger", "list", "--json").json
    figures = ("demand_title", "achievement_title", "rank", "score", "probability")
    assert [[one[key] for key in figures] for one in now] == [[one[key] for key in figures] for one in former]
    assert filled("encoder", "forget", shown["encoder_id"], "--json").json["forgotten"] > 0
    assert filled("encoder", "forget", shown["encoder_id"]).code == 3


def test_people_read_what_was_switched_and_what_is_left_to_do(filled: Matcher, folder: Path) -> None:
    used = filled("encoder", "use", folder, "--no-refresh")
    assert used.code == 0
    assert "台账尚未更新" in used.err
    shown = filled("encoder", "show")
    assert "可换回" in shown.out
    assert "bundled（自带模型）" in shown.out
    assert "台账已更新" in filled("encoder", "use", "bundled").err
    assert filled("encoder", "use", folder / "nowhere").code == 6


def test_an_encoder_the_deployment_names_is_not_switched(
    filled: Matcher, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHER_ENCODER", str(folder))
    monkeypatch.setenv("MATCHER_ENCODER_QUERY_PROMPT", "查询：")
    monkeypatch.setenv("MATCHER_ENCODER_DIMENSION", "8")
    for command in (["use", "bundled"], ["back"]):
        refused = filled("encoder", *command)
        assert (refused.code, "MATCHER_ENCODER" in refused.err) == (4, True)
    shown = filled("encoder", "show", "--json").json
    assert (shown["by"], shown["dimension"]) == ("MATCHER_ENCODER", 8)
    monkeypatch.setenv("MATCHER_ENCODER_DIMENSION", "17")
    wide = filled("encoder", "show")
    assert (wide.code, "MATCHER_ENCODER_DIMENSION" in wide.err) == (6, True)


def test_a_configured_cross_encoder_takes_its_part_of_the_score(
    filled: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHER_RERANKER", str(make_cross_encoder(tmp_path / "cross")))
    monkeypatch.setenv("MATCHER_RERANKER_WEIGHT", "0.25")
    found = filled("match", "液氢阀门泄漏检测", "--json")
    assert found.code == 0, found.err
    assert all(0 < one["contributions"]["cross_encoder"] < 0.25 for one in found.json)
    assert all(one["probability"] is None for one in found.json)
    monkeypatch.setenv("MATCHER_RERANKER_WEIGHT", "1")
    wrong = filled("match", "液氢阀门泄漏检测")
    assert (wrong.code, "MATCHER_RERANKER_WEIGHT" in wrong.err) == (2, True)


def test_the_reranked_channel_is_measured_where_a_cross_encoder_is_configured(
    matcher: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["液氢阀门的泄漏检测", "焊缝图像的回收", "锂电池材料", "氢能储运阀门"]
    lines = [json.dumps({"_id": str(number), "text": text}) for number, text in enumerate(texts)]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines), "utf-8")
    (tmp_path / "queries.jsonl").write_text(json.dumps({"_id": "q", "text": "氢能阀门检测"}), "utf-8")
    cross = make_cross_encoder(tmp_path / "cross")
    figures = CrossEncoderReranker(str(cross)).figures([("氢能阀门检测", text) for text in texts])
    command = ("evaluate", tmp_path, "--pooled", "--json", "--channel", "reranked")
    monkeypatch.setenv("MATCHER_RERANKER_WEIGHT", "0.99")
    for lead, auc in ((figures.argmax(), 1.0), (figures.argmin(), 0.0)):
        grades = "".join(f"q\t{number}\t{3 if number == lead else 0}\n" for number in range(4))
        (tmp_path / "qrels.tsv").write_text(grades, "utf-8")
        monkeypatch.delenv("MATCHER_RERANKER", raising=False)
        refused = matcher(*command)
        assert (refused.code, "MATCHER_RERANKER" in refused.err) == (2, True)
        monkeypatch.setenv("MATCHER_RERANKER", str(cross))
        measured = matcher(*command).json
        assert (measured["auc"], measured["ece"]) == (auc, None)


def test_a_converted_model_is_put_to_use(filled: Matcher, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "converted"
    converted = filled("encoder", "convert", folder, out, "--json")
    assert converted.code == 0, converted.err
    assert converted.json["path"] == str(out)
    assert converted.json["cosine"] > 0.98
    assert "convert: 4/4" in converted.err
    used = filled("encoder", "use", out, "--json")
    assert used.code == 0, used.err
    assert used.json["encoder_id"] == converted.json["encoder_id"]
    again = filled("encoder", "convert", folder, out)
    assert again.code != 0
    assert "not an empty folder" in again.err


def test_people_read_how_large_a_converted_model_is_and_how_near(
    matcher: Matcher, folder: Path, tmp_path: Path
) -> None:
    said = matcher("encoder", "convert", folder, tmp_path / "converted").err
    assert " MB" in said
    assert "平均余弦" in said


def test_each_of_the_two_models_that_ship_can_be_used_alone(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined = matcher("encoder", "show", "--json").json["encoder_id"]
    for name in ("static", "reader"):
        monkeypatch.setenv("MATCHER_ENCODER", name)
        alone = matcher("encoder", "show", "--json").json["encoder_id"]
        assert alone.startswith(f"{name}@")
        assert alone in joined


def test_what_is_longer_than_a_model_reads_is_said_when_it_is_encoded(
    filled: Matcher, folder: Path, tmp_path: Path
) -> None:
    assert filled("encoder", "show", "--json").json["max_tokens"] == 256
    assert "256 个词元" in filled("encoder", "show").out
    path = tmp_path / "成果.csv"
    path.write_text("成果名称,成果简介\n低温密封件," + "低温密封件的制备。" * 400 + "\n", "utf-8")
    assert filled("import", "achievements", path, "--source", "某所").code == 0
    told = filled("refresh")
    assert "新编码的文本中有 1 条超过模型所读的 256 个词元" in told.err
    assert "词元" not in filled("refresh").err
    used = filled("encoder", "use", "static", "--json").json
    assert (used["truncated"], used["max_tokens"], used["run"]["max_tokens"]) == (0, None, None)
    assert "全文" in filled("encoder", "show").out
    assert "条超过模型所读的 64 个词元" in filled("encoder", "use", folder).err
