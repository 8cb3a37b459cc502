import os
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from matcher.domain.text import TextView
from matcher.index.ngrams import NGramVectoriser, background_vectoriser
from matcher.index.snapshot import build_channels, open_channels
from matcher.ports import Channels
from tests.index.truth import TEXTS, queries_of, unit_vectors

EDITED = (TEXTS[2], TextView("无人机巡检", "电力线路"), *TEXTS[:2], TextView(TEXTS[5].title, "another body"))


def figures(channels: Channels) -> dict[str, list[list[float]]]:
    queries = queries_of(unit_vectors(len(TEXTS), seed=9), TEXTS)
    rows = np.arange(len(channels["dense"]))
    return {
        name: [values.tolist() for values in channel.ask(queries).values([rows] * len(queries))]
        for name, channel in channels.items()
    }


def opened(directory: Path, texts: tuple[TextView, ...]) -> dict[str, list[list[float]]]:
    return figures(open_channels(directory, texts, unit_vectors(len(texts))))


def fresh(texts: tuple[TextView, ...]) -> dict[str, list[list[float]]]:
    return figures(build_channels(texts, unit_vectors(len(texts))))


def snapshots(directory: Path) -> list[Path]:
    return sorted(path for path in directory.iterdir() if not path.name.startswith("."))


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is hashed from now on."""
    seen: list[str] = []
    original = NGramVectoriser.measure

    def recording(self: NGramVectoriser, texts: list[str]) -> object:
        seen.extend(texts)
        return original(self, texts)

    monkeypatch.setattr(NGramVectoriser, "measure", recording)
    return seen


def test_a_reopened_snapshot_gives_the_same_figures_without_hashing(
    tmp_path: Path, hashed: list[str]
) -> None:
    expected = opened(tmp_path, TEXTS)
    hashed.clear()
    channels = open_channels(tmp_path, TEXTS, unit_vectors(len(TEXTS)))
    assert hashed == []
    assert figures(channels) == expected == fresh(TEXTS)


def test_only_new_texts_are_hashed_and_the_figures_equal_a_fresh_build(
    tmp_path: Path, hashed: list[str]
) -> None:
    open_channels(tmp_path, TEXTS, unit_vectors(len(TEXTS)))
    hashed.clear()
    channels = open_channels(tmp_path, EDITED, unit_vectors(len(EDITED)))
    assert set(hashed) == {part for text in (EDITED[1], EDITED[4]) for part in (text.full, text.title)}
    assert figures(channels) == fresh(EDITED)


@pytest.mark.parametrize("damage", ["truncate", "flip", "delete", "garble"])
def test_a_damaged_snapshot_is_rebuilt_without_a_word(tmp_path: Path, damage: str) -> None:
    opened(tmp_path, TEXTS)
    [snapshot] = snapshots(tmp_path)
    data = snapshot / "text.data.npy"
    content = data.read_bytes()
    match damage:
        case "truncate":
            data.write_bytes(content[:-4])
        case "flip":
            data.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        case "delete":
            data.unlink()
        case _:
            (snapshot / "manifest.json").write_text("{", encoding="utf-8")
    assert opened(tmp_path, TEXTS) == fresh(TEXTS)
    assert opened(tmp_path, EDITED) == fresh(EDITED)


def test_a_half_written_snapshot_is_never_read(tmp_path: Path, hashed: list[str]) -> None:
    opened(tmp_path, TEXTS)
    [snapshot] = snapshots(tmp_path)
    snapshot.rename(tmp_path / ".building-killed")
    hashed.clear()
    assert opened(tmp_path, TEXTS) == fresh(TEXTS)
    assert {text.full for text in TEXTS} <= set(hashed)


def test_old_snapshots_and_abandoned_buildings_are_pruned(tmp_path: Path) -> None:
    abandoned = tmp_path / ".building-abandoned"
    abandoned.mkdir()
    long_ago = time.time() - 7200
    os.utime(abandoned, (long_ago, long_ago))
    for end in range(1, 6):
        opened(tmp_path, TEXTS[:end])
    assert len(snapshots(tmp_path)) == 2
    assert list(tmp_path.glob(".building-*")) == []


def test_other_frequencies_make_another_snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(tmp_path, TEXTS)
    other = NGramVectoriser(np.ones(2**20, dtype=np.float32))
    assert other.version != background_vectoriser().version
    monkeypatch.setattr("matcher.index.snapshot.background_vectoriser", lambda: other)
    assert opened(tmp_path, TEXTS) == fresh(TEXTS)
    assert len(snapshots(tmp_path)) == 2


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    assert opened(blocked, TEXTS) == fresh(TEXTS)


def test_an_empty_list_has_channels_that_find_nothing(tmp_path: Path) -> None:
    channels = open_channels(tmp_path, (), unit_vectors(0))
    queries = queries_of(unit_vectors(1))
    assert all(np.broadcast_to(one.ask(queries).nearly(), (1, 0)).size == 0 for one in channels.values())


def test_a_list_can_grow_from_nothing(tmp_path: Path) -> None:
    opened(tmp_path, ())
    assert opened(tmp_path, TEXTS) == fresh(TEXTS)


def test_two_processes_at_once_both_get_the_right_figures(tmp_path: Path) -> None:
    lists = [TEXTS, EDITED, TEXTS, EDITED, TEXTS[:4], TEXTS]
    with ProcessPoolExecutor(2) as processes:
        found = list(processes.map(opened, [tmp_path] * len(lists), lists))
    assert found == [fresh(texts) for texts in lists]
