"""Nothing is fetched at run time: the whole way works where every outgoing connection is refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

SEED = Path(__file__).parents[1] / "data" / "seed"

REFUSE = """
import socket

def refuse(self, address, *rest):
    if self.family in (socket.AF_INET, socket.AF_INET6):
        raise RuntimeError(f"an outgoing connection to {address}")
    return connect(self, address, *rest)

def refuse_lookup(*rest, **more):
    raise RuntimeError(f"a name is looked up: {rest}")

connect = socket.socket.connect
socket.socket.connect = refuse
socket.socket.connect_ex = refuse
socket.getaddrinfo = refuse_lookup
"""

ASK = """
import sys

opened = []
sys.addaudithook(lambda event, about: event == "open" and opened.append(str(about[0])))

def files_of_the_model():
    return [path for path in opened if path.startswith(str(BUNDLED))]

from matcher.bootstrap import Service
from matcher.domain.access import DISTRICT
from matcher.domain.entries import EntryFilter
from matcher.domain.listing import Side
from matcher.embed.factory import BUNDLED
from matcher.pipeline.ledger.entries import list_entries

service = Service.from_environment()
entries, _ = list_entries(service.database, DISTRICT, EntryFilter())
assert entries
assert not files_of_the_model(), "ledger reads load no model"
for side in Side:
    assert service.matching.match("液氢阀门在低温下泄漏检测", side, DISTRICT, 5).items
assert files_of_the_model()
heavy = {"torch", "sentence_transformers", "transformers"} & sys.modules.keys()
assert not heavy, heavy
"""


def environment(tmp_path: Path) -> dict[str, str]:
    refusing = tmp_path / "refusing"
    refusing.mkdir(exist_ok=True)
    (refusing / "sitecustomize.py").write_text(REFUSE, "utf-8")
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MATCHER_", "HF_", "TRANSFORMERS_"))
    }
    home = {"HOME": str(tmp_path), "HF_HOME": str(tmp_path / "no-models")}
    return {**kept, **home, "PYTHONPATH": str(refusing), "MATCHER_DATA_DIR": str(tmp_path / "var")}


def python(tmp_path: Path, code: str, *args: object) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", code, *map(str, args)],
        env=environment(tmp_path),
        capture_output=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    return ended.stdout.decode()


def test_connections_are_really_refused(tmp_path: Path) -> None:
    code = """
import socket
try:
    socket.create_connection(("127.0.0.1", 9))
except RuntimeError as error:
    print("refused")
"""
    assert python(tmp_path, code).strip() == "refused"


WORK = """
import sys
from matcher.cli import main

seed = sys.argv[1]
for command in (
    ["park", "add", "hydrogen", "--name", "氢能园"],
    ["import", "achievements", f"{seed}/achievements.xlsx"],
    ["import", "demands", f"{seed}/demands/hydrogen.csv", "--park", "hydrogen"],
    ["refresh", "--json"],
    ["match", "液氢阀门泄漏检测", "--json"],
    ["ledger", "list", "--json"],
):
    sys.argv = ["matcher", *command]
    if command[-1] == "--json":
        sys.stdout.flush()
        print("\\f", flush=True)
    try:
        main()
    except SystemExit as ended:
        assert not ended.code, command
"""


def test_import_refresh_match_and_ledger_work_without_any_connection(tmp_path: Path) -> None:
    _, *printed = python(tmp_path, WORK, SEED).split("\f\n")
    report, matches, entries = map(json.loads, printed)
    assert report["entries_created"] == 10 * report["demands"]
    assert len(matches) == 10
    assert len(entries) == report["entries_created"]
    python(tmp_path, ASK)
