import json
import re
import shutil
import sqlite3
from pathlib import Path
from urllib.parse import quote

import pytest
from filelock import FileLock
from openpyxl import load_workbook

from matcher import __version__
from matcher.domain.bands import DEFAULT_BANDS, Band
from matcher.ports import Encoder
from tests.away import FORMS, SECRET, SECRET_FORMS, TORN, address, closed_port
from tests.cli.conftest import SEED, Ended, Matcher, run_here, run_process
from tests.engines import PostgresServer

IMPORT_KEYS = {"rows", "created", "updated", "unchanged", "withdrawn", "rejected", "problems"}
PROBLEM_KEYS = {"file", "sheet", "row", "column", "code", "message"}
REFRESH_KEYS = {
    "run_id",
    "demands",
    "achievements",
    "encoded",
    "entries_created",
    "entries_changed",
    "entries_kept",
    "entries_vanished",
    "seconds",
}
MATCH_KEYS = {
    "rank",
    "demand_id",
    "demand_code",
    "demand_title",
    "achievement_id",
    "achievement_code",
    "achievement_title",
    "similarity",
    "score",
    "probability",
}
LEDGER_KEYS = MATCH_KEYS | {"entry_id", "version", "park", "stage", "standing", "run_id"}

SUPPLY = (
    "成果编号,成果名称,完成单位,成果简介\nA-1,液氢低温阀门,甲所,零下不泄漏\nA-2,焊缝缺陷识别,乙所,视觉检测\n"
)
DEMAND = (
    "需求编号,需求名称,企业名称,需求详情,有效期\n"
    "B-1,液氢阀门泄漏检测,丙公司,低温密封,\n,,丁公司,没有名称,\nB-3,焊缝检测,戊公司,识别,某日\n"
)


def write_lists(folder: Path) -> tuple[Path, Path]:
    supply, demand = folder / "supply.csv", folder / "demand.csv"
    supply.write_text(SUPPLY, "utf-8")
    demand.write_bytes(DEMAND.encode("gb18030"))
    return supply, demand


@pytest.fixture
def lists(tmp_path: Path) -> tuple[Path, Path]:
    return write_lists(tmp_path)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """The data folder of an installation with a park, two lists and a ledger."""
    folder = tmp_path_factory.mktemp("prepared")
    supply, demand = write_lists(folder)
    data = folder / "var"
    for args in (
        ("park", "add", "p1", "--name", "一号园"),
        ("import", "achievements", str(supply)),
        ("import", "demands", str(demand), "--park", "p1"),
        ("refresh",),
    ):
        run_here(data, *args)
    return data


@pytest.fixture
def ready(matcher: Matcher, lists: tuple[Path, Path], prepared: Path, tmp_path: Path) -> Matcher:
    """The command line in a copy of that installation."""
    shutil.copytree(prepared, tmp_path / "var")
    return matcher


def fine(ended: Ended) -> Ended:
    assert ended.code == 0, ended.err
    return ended


def test_the_json_keys_are_the_promised_ones(matcher: Matcher, lists: tuple[Path, Path]) -> None:
    park = fine(matcher("park", "add", "p1", "--name", "一号园", "--industry", "氢能", "--json")).json
    assert park == {"code": "p1", "name": "一号园", "industry": "氢能"}
    assert fine(matcher("park", "list", "--json")).json == [park]
    supply = fine(matcher("import", "achievements", lists[0], "--source", "甲院", "--json")).json
    assert supply.keys() >= IMPORT_KEYS
    assert (supply["rows"], supply["created"], supply["problems"]) == (2, 2, [])
    demands = fine(matcher("import", "demands", lists[1], "--park", "p1", "--json")).json
    assert (demands["rows"], demands["created"], demands["rejected"]) == (3, 2, 1)
    assert len(demands["problems"]) == 2
    assert all(problem.keys() >= PROBLEM_KEYS for problem in demands["problems"])
    assert [problem["row"] for problem in demands["problems"]] == [3, 4]
    refreshed = fine(matcher("refresh", "--json")).json
    assert refreshed.keys() >= REFRESH_KEYS
    assert (refreshed["demands"], refreshed["achievements"], refreshed["entries_created"]) == (2, 2, 4)
    for side in ("demand", "supply"):
        [found, *_] = fine(matcher("match", "液氢阀门泄漏", "--side", side, "--json")).json
        assert found.keys() >= MATCH_KEYS
    entries = fine(matcher("ledger", "list", "--json")).json
    assert len(entries) == 4
    assert all(entry.keys() >= LEDGER_KEYS for entry in entries)
    assert {(entry["park"], entry["stage"], entry["standing"]) for entry in entries} == {
        ("p1", "screening", "current")
    }
    assert all(0 < entry["probability"] < 1 for entry in entries)
    assert all(entry["band"] == DEFAULT_BANDS.of(entry["probability"]) for entry in entries)
    in_bands = [fine(matcher("ledger", "list", "--band", band, "--json")).json for band in Band]
    assert [[entry["band"] for entry in listed] for listed in in_bands] == [
        [band] * len(listed) for band, listed in zip(Band, in_bands, strict=True)
    ]
    assert sorted(entry["entry_id"] for listed in in_bands for entry in listed) == sorted(
        entry["entry_id"] for entry in entries
    )


def test_nothing_found_is_an_empty_json_list(matcher: Matcher) -> None:
    for args in (("match", "液氢阀门泄漏"), ("ledger", "list"), ("park", "list"), ("keys", "list")):
        assert fine(matcher(*args, "--json")).json == []


def test_tables_go_to_stdout_and_everything_else_to_stderr(ready: Matcher, tmp_path: Path) -> None:
    listed = fine(ready("ledger", "list"))
    assert "液氢阀门泄漏检测" in listed.out
    assert listed.err == ""
    exported = fine(ready("ledger", "export", "--park", "p1", "-o", tmp_path / "台账.xlsx"))
    assert exported.out == ""
    assert "4 条" in exported.err
    missing = ready("ledger", "list", "--park", "nowhere", "--json")
    assert (missing.code, missing.out) == (3, "")
    assert "没有代码为 nowhere 的园区" in missing.err
    assert "there is no park nowhere" in missing.err


def test_tables_show_square_brackets_and_colons_as_they_stand(matcher: Matcher, tmp_path: Path) -> None:
    title = "[bmim]PF6离子液体[/b]分离:smile:材料"
    (tmp_path / "list.csv").write_text(f"成果名称,完成单位\n{title},甲所\n", "utf-8")
    assert matcher("import", "achievements", tmp_path / "list.csv").code == 0
    assert title in matcher("match", "离子液体分离材料").out


def test_problems_of_an_import_are_told_by_cell_on_stderr(ready: Matcher, lists: tuple[Path, Path]) -> None:
    told = fine(ready("import", "demands", lists[1], "--park", "p1", "--dry-run"))
    assert "试运行" in told.err
    assert "第 3 行" in told.err
    assert "第 4 行 E 有效期" in told.err
    assert "没有名称" not in told.out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("match", "，。"), 2),
        (("match", "液氢阀门", "--top", "51"), 2),
        (("match", "液氢阀门", "--side", "both"), 2),
        (("import", "achievements", "/nowhere/list.csv"), 2),
        (("import", "demands", "list.csv"), 2),
        (("import", "template", "parks", "-o", "t.xlsx"), 2),
        (("park", "add", "不 行", "--name", "园"), 2),
        (("ledger", "list", "--min-score", "1.5"), 2),
        (("evaluate", "/nowhere"), 2),
        (("nonsense",), 2),
        (("match", "液氢阀门", "--park", "nowhere", "--side", "supply"), 3),
        (("import", "undo", "99"), 3),
        (("keys", "revoke", "99"), 3),
        (("keys", "create", "--name", "x", "--park", "nowhere"), 3),
        (("park", "add", "p1", "--name", "另一个园"), 4),
    ],
)
def test_a_failure_has_its_exit_code_and_nothing_on_stdout(
    ready: Matcher, args: tuple[str, ...], code: int
) -> None:
    ended = ready(*args)
    assert (ended.code, ended.out) == (code, ""), ended.err
    assert ended.err
    assert "Traceback" not in ended.err


def test_an_import_of_nothing_usable_fails_and_still_reports(ready: Matcher, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("成果名称,完成单位\n,甲所\n", "utf-8")
    ended = ready("import", "achievements", path, "--json")
    assert ended.code == 2
    assert ended.json["rejected"] == 1


def test_a_refresh_beside_another_process_ends_with_five(ready: Matcher, tmp_path: Path) -> None:
    with FileLock(tmp_path / "var" / "matcher.db.refresh.lock"):
        ended = run_process(tmp_path / "var", "refresh", "--json")
    assert (ended.code, ended.out) == (5, "")
    assert "another refresh is running" in ended.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MATCHER_DATABASE_URL", "postgresql://someone:hunter2@127.0.0.1:1/none"),
        ("MATCHER_ENCODER", "/nowhere/model"),
    ],
)
def test_a_database_or_a_model_that_is_not_there_ends_with_six(
    ready: Matcher, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    ended = ready("refresh")
    assert (ended.code, ended.out) == (6, ""), ended.err
    assert "hunter2" not in ended.err


@pytest.mark.parametrize("args", [("db", "upgrade"), ("db", "status")])
def test_an_unreachable_database_is_said_by_every_command(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]
) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", "postgresql://someone:hunter2@127.0.0.1:1/none")
    ended = matcher(*args)
    assert ended.code == 6, ended.err
    assert "hunter2" not in ended.err


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("args", [("db", "upgrade"), ("db", "status"), ("refresh",), ("ledger", "list")])
def test_no_command_prints_the_password_of_a_database_that_is_away(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], form: str
) -> None:
    with closed_port() as port:
        monkeypatch.setenv("MATCHER_DATABASE_URL", address(form, port, "gate_ledger"))
        ended = matcher(*args)
    assert (ended.code, ended.out) == (6, "")
    assert "127.0.0.1" in ended.err
    assert "gate_ledger" in ended.err
    assert not any(secret in ended.err for secret in SECRET_FORMS)


@pytest.mark.parametrize("url", TORN)
def test_a_password_with_unencoded_signs_is_refused_and_no_part_of_it_shown(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", url)
    ended = matcher("db", "status")
    assert (ended.code, ended.out) == (2, "")
    assert "MATCHER_DATABASE_URL" in ended.err
    assert "hunter" not in ended.err


@pytest.mark.parametrize(
    "variable", ["MATCHER_OIDC_ISSUER", "MATCHER_OIDC_JWKS_URL", "MATCHER_SMTP_PORT", "MATCHER_REMIND_TO"]
)
def test_a_setting_without_a_valid_value_is_named_and_what_it_holds_is_not(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "hunter2 hunter2")
    ended = matcher("park", "list")
    assert ended.code == 2
    assert variable in ended.err
    assert "hunter2" not in ended.out + ended.err


def test_db_status_shows_where_the_database_is_without_its_password(
    matcher: Matcher, monkeypatch: pytest.MonkeyPatch, postgres_server: PostgresServer
) -> None:
    url = postgres_server.pattern.format(name="template_migrated")
    monkeypatch.setenv("MATCHER_DATABASE_URL", f"{url}&password={quote(SECRET)}")
    shown = fine(matcher("db", "status", "--json")).json["url"]
    assert "template_migrated" in shown
    assert not any(secret in shown for secret in SECRET_FORMS)


def test_an_outdated_schema_ends_with_six_and_the_command_that_mends_it(
    ready: Matcher, tmp_path: Path
) -> None:
    connection = sqlite3.connect(tmp_path / "var" / "matcher.db")
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = 'older'")
    connection.close()
    ended = ready("ledger", "list")
    assert ended.code == 6
    assert "matcher db upgrade" in ended.err


def test_two_installations_on_one_machine_never_meet(
    ready: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = {path.name for path in (tmp_path / "var").iterdir()}
    assert first >= {"matcher.db", "index"}
    monkeypatch.setenv("MATCHER_DATA_DIR", str(tmp_path / "second"))
    assert fine(ready("park", "list", "--json")).json == []
    assert fine(ready("refresh", "--json")).json["demands"] == 0
    assert fine(ready("ledger", "list", "--json")).json == []
    monkeypatch.setenv("MATCHER_DATA_DIR", str(tmp_path / "var"))
    assert len(fine(ready("ledger", "list", "--json")).json) == 4


def test_nothing_is_written_outside_the_data_folder(ready: Matcher, tmp_path: Path) -> None:
    fine(ready("refresh"))
    assert {path.name for path in tmp_path.iterdir()} == {"var", "supply.csv", "demand.csv"}


def test_the_exported_workbook_opens_and_holds_the_parks_ledger(ready: Matcher, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    fine(ready("ledger", "export", "--park", "p1", "--output", path))
    sheet = load_workbook(path).worksheets[0]
    cells = [[str(cell.value) for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    assert cells[0] == ["供需对接服务台账"]
    assert any("一号园" in cell for cell in cells[1])
    rows = [row for row in cells if any("阀门泄漏检测" in cell or cell == "焊缝检测" for cell in row)]
    assert len(rows) == 4
    assert sum("待研判" in row for row in rows) == 4
    assert sheet.freeze_panes is not None
    assert sheet.auto_filter.ref is not None


def test_an_export_that_fails_leaves_no_file(ready: Matcher, tmp_path: Path) -> None:
    before = {path.name for path in tmp_path.iterdir()}
    assert ready("ledger", "export", "--park", "nowhere", "-o", tmp_path / "a.xlsx").code == 3
    assert {path.name for path in tmp_path.iterdir()} == before
    assert ready("ledger", "export", "--park", "p1", "-o", tmp_path / "no" / "a.xlsx").code == 2
    assert ready("import", "template", "demands", "-o", tmp_path / "no" / "a.xlsx").code == 2


def test_templates_are_workbooks_whose_example_row_is_never_imported(ready: Matcher, tmp_path: Path) -> None:
    for side, more in (("achievements", ()), ("demands", ("--park", "p1"))):
        path = tmp_path / f"{side}.xlsx"
        fine(ready("import", "template", side, "-o", path))
        assert load_workbook(path).worksheets[0].max_row >= 3
        assert ready("import", side, path, *more, "--json").json["created"] == 0


def test_rejected_rows_are_written_to_a_workbook_where_asked(
    ready: Matcher, lists: tuple[Path, Path], tmp_path: Path
) -> None:
    path = tmp_path / "rejects.xlsx"
    told = fine(ready("import", "demands", lists[1], "--park", "p1", "--rejects", path))
    assert str(path) in told.err
    values = [cell.value for cell in load_workbook(path).worksheets[0][2]]
    assert "丁公司" in values
    assert "没有名称" in values


def test_imports_are_listed_and_undone(ready: Matcher, lists: tuple[Path, Path]) -> None:
    history = fine(ready("import", "history", "--json")).json
    assert [(one["side"], one["park"], one["files"]) for one in history] == [
        ("demand", "p1", ["demand.csv"]),
        ("supply", None, ["supply.csv"]),
    ]
    undone = fine(ready("import", "undo", history[0]["import_id"], "--json")).json
    assert undone["withdrawn"] == 2
    again = ready("import", "undo", history[0]["import_id"])
    assert (again.code, again.out) == (4, "")
    assert fine(ready("refresh", "--json")).json["entries_vanished"] == 4
    assert fine(ready("import", "demands", lists[1], "--park", "p1", "--json")).json["updated"] == 2


def test_a_key_is_shown_once_and_then_only_listed_and_revoked(ready: Matcher) -> None:
    made = fine(ready("keys", "create", "--name", "门户", "--role", "reader", "--park", "p1", "--json")).json
    assert made["key"].startswith("mk_")
    assert made["parks"] == ["p1"]
    listed = fine(ready("keys", "list", "--json"))
    assert [one["name"] for one in listed.json] == ["门户"]
    assert made["key"].rpartition("_")[2] not in listed.out
    fine(ready("keys", "revoke", made["id"]))
    assert fine(ready("keys", "list", "--json")).json[0]["revoked_at"] is not None
    assert ready("keys", "revoke", made["id"]).code == 3
    unit = ("keys", "create", "--name", "示例学院", "--role", "research_unit", "--json")
    assert ready(*unit).code == 2
    assert fine(ready(*unit, "--subject", "丙所")).json["parks"] == []
    assert ready(*unit, "--subject", "丙所", "--park", "p1").code == 2
    bare = fine(ready("keys", "create", "--name", "脚本", "--expires-in-days", "1"))
    assert bare.out.strip().startswith("mk_")
    assert "密钥只显示这一次" in bare.err
    shown = fine(ready("keys", "list")).out
    assert re.search(r"门户 .*p1", shown)
    assert re.search(r"脚本 .*全部 .*\d{4}-\d\d-\d\d \d\d:\d\d ", shown), "until when, in Beijing"
    assert "+00:00" not in shown


def test_progress_is_plain_lines_where_there_is_no_terminal(
    ready: Matcher, lists: tuple[Path, Path], tmp_path: Path
) -> None:
    lists[0].write_text(SUPPLY + "A-3,氢气传感器,丙所,泄漏报警\n", "utf-8")
    fine(ready("import", "achievements", lists[0]))
    ended = fine(run_process(tmp_path / "var", "refresh", "--json"))
    assert json.loads(ended.out)["encoded"] == 1
    lines = ended.err.splitlines()
    assert "encode supply: 1/1" in lines
    assert "match demands: 2/2" in lines
    assert "\x1b" not in ended.err


def test_the_options_of_the_ledger_list_narrow_it(ready: Matcher) -> None:
    entries = fine(ready("ledger", "list", "--json")).json
    demand = entries[0]["demand_id"]
    own = fine(ready("ledger", "list", "--park", "p1", "--demand", demand, "--json")).json
    assert {one["demand_id"] for one in own} == {demand}
    assert len(fine(ready("ledger", "list", "--limit", 1, "--json")).json) == 1
    assert fine(ready("ledger", "list", "--stage", "landed", "--json")).json == []
    bar = sorted(one["score"] for one in entries)[2]
    assert len(fine(ready("ledger", "list", "--min-score", bar, "--json")).json) == 2


def test_the_version_and_the_schema_are_told(matcher: Matcher, tmp_path: Path) -> None:
    assert fine(matcher("--version")).out.strip() == __version__
    state = fine(matcher("db", "status", "--json")).json
    assert state["url"] == f"sqlite:///{tmp_path / 'var' / 'matcher.db'}"
    assert state["schema"]
    fine(matcher("db", "upgrade"))


def test_evaluate_prints_the_promised_figures(matcher: Matcher, tmp_path: Path) -> None:
    documents = ["液氢低温阀门", "焊缝缺陷识别", "土壤墒情反演"]
    lines = [json.dumps({"_id": str(n), "text": text}) for n, text in enumerate(documents)]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines), "utf-8")
    (tmp_path / "queries.jsonl").write_text(json.dumps({"_id": "q", "text": "液氢阀门泄漏"}), "utf-8")
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq\t0\t2\nq\t1\t0\n", "utf-8")
    for more in ((), ("--pooled",), ("--channel", "lexical"), ("--channel", "dense")):
        result = fine(matcher("evaluate", tmp_path, "--json", *more)).json
        assert result.keys() >= {"ndcg@10", "mrr@10", "recall@10", "auc", "queries", "queries_per_second"}
        assert (result["ndcg@10"], result["auc"], result["queries"]) == (1.0, 1.0, 1)
    assert matcher("evaluate", tmp_path, "--channel", "magic").code == 2


def test_the_sample_lists_import_and_match(matcher: Matcher) -> None:
    fine(matcher("park", "add", "agri", "--name", "农林园"))
    supply = fine(matcher("import", "achievements", SEED / "achievements.xlsx", "--json")).json
    assert (supply["created"], supply["rejected"]) == (171, 0)
    demands = fine(
        matcher("import", "demands", SEED / "demands" / "agri.xlsx", "--park", "agri", "--json")
    ).json
    assert (demands["created"], demands["rejected"]) == (17, 0)
    report = fine(matcher("refresh", "--json")).json
    assert report["entries_created"] == 10 * report["demands"]
