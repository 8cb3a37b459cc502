"""A refresh on a cluster gives what one machine gives: by property without Ray, and on two nodes of it."""

import importlib.util
import json
import os
import pickle
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import __version__
from matcher.bootstrap import Service
from matcher.cluster import Cluster, joined, merge
from matcher.cluster import _run as run_as_asked
from matcher.domain.access import LOCAL_OPERATOR
from matcher.domain.errors import ClusterAway, EncoderError
from matcher.domain.features import FIELD_FEATURES
from matcher.domain.listing import Side
from matcher.domain.scoring import DEFAULT_SCORER, DENSE, Scorer
from matcher.domain.standings import Trigger
from matcher.domain.text import TextView
from matcher.embed.factory import STATIC, load_encoder
from matcher.index.snapshot import build_channels
from matcher.matching.choice import Choice, Exploration
from matcher.matching.grouping import Grouping
from matcher.matching.rank import Shortlist, search_all
from matcher.pipeline.lists.samples import load_samples
from matcher.pipeline.nights.refresh import Refresh, RefreshReport
from matcher.ports import BuildChannels, Encoder, Figures, Progress, Query, Rows, silent
from matcher.settings import Settings
from tests.cli.conftest import SEED, run_process
from tests.docs.transcript import ROOT
from tests.matching.test_rank import WORDS, Case, vectors_of
from tests.pipeline.given import NOON, Dump, dump

FIELD = min(FIELD_FEATURES)
T = TypeVar("T")
LEARNED = Scorer("learned", {**dict.fromkeys(DEFAULT_SCORER.weights, 0.2), FIELD: 0.2})
"""It weighs more than channels."""


class Elsewhere:
    """Ray's part in this: every task gets its own copy of what it is given, and gives a copy back."""

    def __init__(self) -> None:
        self.exceptions = SimpleNamespace(RayTaskError=KeyError, RayError=LookupError)
        self.started = 0

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 1.0}

    def put(self, value: object) -> "Kept":
        return Kept(pickle.dumps(value))

    def get(self, kept: "Kept") -> Any:
        return pickle.loads(kept.pickled)

    def remote(self, **_options: object) -> Callable[[Callable[..., Any]], Any]:
        return lambda work: SimpleNamespace(remote=partial(self._run, work))

    def _run(self, work: Callable[..., Any], *arguments: object) -> "Kept":
        self.started += 1
        given = [self.get(one if isinstance(one, Kept) else self.put(one)) for one in arguments]
        return self.put(work(*given))


@dataclass(frozen=True)
class Kept:
    pickled: bytes


def bundled() -> Encoder:
    return load_encoder(None)


def choices_of(size: int, count: int, seed: int) -> list[Choice]:
    """How some queries choose among `size` rows, as parks' rules may have it."""
    random = np.random.default_rng(seed)

    def rows() -> Rows:
        return np.flatnonzero(random.random(size) < random.random())

    def grouping(cap: int) -> Grouping:
        return Grouping(random.integers(-1, random.integers(1, 60), size), cap)

    def now_and_then(make: Callable[[], T]) -> T | None:
        return make() if random.random() < 0.5 else None

    repeats, units = now_and_then(lambda: grouping(1)), now_and_then(lambda: grouping(2))
    weights = now_and_then(lambda: random.choice([0.5, 1.0, 3.0], size))
    return [
        Choice(
            k=int(random.integers(1, 5)),
            allowed=now_and_then(rows),
            weights=weights,
            floor=0.1 if random.random() < 0.2 else None,
            repeats=repeats,
            held=None if repeats is None else now_and_then(rows),
            units=units,
            exploration=Exploration(1, place, np.arange(size)) if random.random() < 0.5 else None,
            feedback=opinion if random.random() < 0.2 else None,
        )
        for place in range(count)
    ]


def opinion(rows: Rows) -> Any:
    return np.where(rows % 2 == 0, 1.0, -0.5)


def second_look(_place: int, rows: Rows) -> Figures:
    return {FIELD: (rows % 7) / 7}


@given(
    size=st.integers(1, 400),
    seed=st.integers(0, 1000),
    shard=st.sampled_from([20, 90, 1000]),
    scorer=st.sampled_from([DEFAULT_SCORER, DENSE, LEARNED]),
)
@settings(max_examples=60)
def test_a_cluster_chooses_what_one_machine_chooses(size: int, seed: int, shard: int, scorer: Scorer) -> None:
    case = Case(words_of(size, seed), words_of(5, seed + 1), [None] * 5, seed)
    choices = choices_of(size, 5, seed)
    cluster = Cluster(Elsewhere(), build_channels, bundled, shard, 2)
    opened = cluster.spread(lambda _name, *of_list: build_channels(*of_list))
    channels = opened("supply", case.texts, case.vectors, None)
    there = cluster.search_all(case.asking, channels, scorer, choices, second_look)
    here = search_all(case.asking, case.channels, scorer, choices, second_look)
    assert [ranked.matches for ranked in there] == [ranked.matches for ranked in here]


@given(
    scores=st.lists(st.integers(0, 20), min_size=1, max_size=30),
    shard=st.integers(1, 8),
    kept=st.integers(1, 9),
)
def test_a_merged_shortlist_holds_every_row_that_reaches_its_bound(
    scores: list[int], shard: int, kept: int
) -> None:
    figures, rows = np.array(scores, dtype=np.float64), np.arange(len(scores))
    parts = []
    for start in range(0, len(scores), shard):
        part = figures[start : start + shard]
        bound = -np.inf if kept >= len(part) else float(np.sort(part)[-kept])
        parts.append(Shortlist(rows[start : start + shard][part >= bound], part[part >= bound], bound))
    merged = merge(parts)
    assert merged.bound == max(part.bound for part in parts)
    assert merged.rows.tolist() == rows[figures >= merged.bound].tolist()
    assert merged.scores.tolist() == figures[merged.rows].tolist()


def words_of(count: int, seed: int) -> list[TextView]:
    random = np.random.default_rng(seed)

    def some() -> list[str]:
        return list(random.choice(WORDS, random.integers(0, 6)))

    return [TextView("".join(some()), "，".join(some())) for _ in range(count)]


def test_the_demands_of_a_park_are_searched_by_their_titles_on_a_cluster_too() -> None:
    listed = [TextView(f"第{number}项", "锂电池隔膜") for number in range(30)]
    vectors, titles = vectors_of(30, 1), vectors_of(30, 2)
    queries = [Query(TextView("锂电池"), vectors_of(1, 3)[0])]
    cluster = Cluster(Elsewhere(), build_channels, bundled, 8, 2)
    channels = cluster.spread(lambda _name, *of_list: build_channels(*of_list))(
        "feed", listed, vectors, titles
    )
    there = cluster.search_all(queries, channels, DEFAULT_SCORER, [Choice(5)])
    here = search_all(queries, build_channels(listed, vectors, titles), DEFAULT_SCORER, [Choice(5)])
    assert there[0].matches == here[0].matches


def test_a_node_with_another_model_is_refused() -> None:
    cluster = Cluster(Elsewhere(), build_channels, static, 8, 2)
    with pytest.raises(EncoderError, match="put the same model"):
        list(cluster.encode_each(bundled(), [["锂电池"]], Side.DEMAND))


def test_a_node_with_another_version_is_refused() -> None:
    with pytest.raises(ClusterAway, match="install one on all"):
        run_as_asked("0.0.1", len, [])
    assert run_as_asked(__version__, len, [1, 2]) == 2


def test_without_ray_the_command_says_what_to_install(tmp_path: Path) -> None:
    if importlib.util.find_spec("ray") is not None:
        pytest.skip("Ray is installed")
    ended = run_process(tmp_path, "refresh", "--engine", "ray")
    assert ended.code == 2
    assert "pip install 'matcher[ray]'" in ended.err


def test_an_address_is_for_ray_alone(tmp_path: Path) -> None:
    ended = run_process(tmp_path, "refresh", "--address", "127.0.0.1:1")
    assert ended.code == 2
    assert "--engine ray" in ended.err


@pytest.fixture(scope="module")
def two_nodes() -> Iterator[Any]:
    """Two nodes of a Ray cluster on this machine, each with a processor of its own."""
    pytest.importorskip("ray")
    from ray.cluster_utils import Cluster as RayCluster

    sized = {"num_cpus": 1, "object_store_memory": 200 * 2**20}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(ROOT / "src")]))
        nodes = RayCluster(initialize_head=True, head_node_args=sized)
    nodes.add_node(**sized)
    nodes.wait_for_nodes()
    yield nodes
    nodes.shutdown()


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> tuple[RefreshReport, Dump]:
    """What a refresh of the sample lists reports and writes on one machine."""
    with installation(tmp_path_factory.mktemp("local")) as service:
        report = refresh_at_noon(service)(LOCAL_OPERATOR, Trigger.BATCH)
        return report, dump(service.database)


def test_a_refresh_on_two_nodes_writes_what_one_machine_writes(
    two_nodes: Any, local: tuple[RefreshReport, Dump], tmp_path: Path
) -> None:
    assert on_cluster(two_nodes, tmp_path) == local


def test_a_refresh_survives_workers_that_die_while_they_encode_and_while_they_search(
    two_nodes: Any, local: tuple[RefreshReport, Dump], tmp_path: Path
) -> None:
    made = on_cluster(
        two_nodes,
        tmp_path / "data",
        build=partial(dying_once, tmp_path / "built", build_channels),
        load=partial(dying_once, tmp_path / "loaded", bundled),
    )
    assert (tmp_path / "built").exists()
    assert (tmp_path / "loaded").exists()
    assert made == local


def test_a_refresh_survives_a_node_that_dies_with_its_shards(
    two_nodes: Any, local: tuple[RefreshReport, Dump], tmp_path: Path
) -> None:
    lost: list[Any] = []

    def lose_a_node(stage: str, _done: int, _total: int) -> None:
        if stage == "match demands" and not lost:
            lost.extend(two_nodes.worker_nodes)
            two_nodes.remove_node(lost[0], allow_graceful=False)

    made = on_cluster(two_nodes, tmp_path, progress=lose_a_node)
    assert len(lost) == 1
    assert made == local


def test_the_command_runs_on_a_cluster(two_nodes: Any, tmp_path: Path) -> None:
    with installation(tmp_path):
        pass
    ended = run_process(tmp_path, "refresh", "--engine", "ray", "--address", two_nodes.address, "--json")
    assert ended.code == 0, ended.err
    report = json.loads(ended.out)
    assert report["entries_created"] > 0
    assert report["encoded"] > 0


def test_a_cluster_out_of_reach_is_said(two_nodes: Any, tmp_path: Path) -> None:
    ended = run_process(tmp_path, "refresh", "--engine", "ray", "--address", "127.0.0.1:1")
    assert ended.code == 6
    assert "cannot use the Ray cluster" in ended.err
    assert "Traceback" not in ended.err


def on_cluster(
    nodes: Any,
    folder: Path,
    *,
    build: BuildChannels = build_channels,
    load: Callable[[], Encoder] = bundled,
    progress: Progress = silent,
) -> tuple[RefreshReport, Dump]:
    """What a refresh of the sample lists on a cluster reports and writes."""
    with installation(folder) as service, joined(nodes.address, build, load, shard=40, block=16) as cluster:
        refresh = replace(
            refresh_at_noon(service),
            open_channels=cluster.spread(service.open_channels),
            search_all=cluster.search_all,
            encode_each=cluster.encode_each,
        )
        return refresh(LOCAL_OPERATOR, Trigger.BATCH, progress), dump(service.database)


@contextmanager
def installation(folder: Path) -> Iterator[Service]:
    """One with the sample lists."""
    service = Service(Settings(data_dir=folder, change_interval=0))
    service.database.upgrade()
    load_samples(service.database, SEED, NOON)
    yield service
    service.close()


def refresh_at_noon(service: Service) -> Refresh:
    return replace(service.refresh, clock=lambda: NOON)


def dying_once(marker: Path, work: Callable[..., Any], *arguments: Any) -> Any:
    """On a worker: kill the process where none has died yet, else do as asked."""
    with suppress(FileExistsError):
        marker.touch(exist_ok=False)
        os.kill(os.getpid(), signal.SIGKILL)
    return work(*arguments)


def static() -> Encoder:
    return load_encoder(STATIC)
