"""The refresh on a Ray cluster: lists in shards, queries in blocks, shortlists merged here; one writer.

A figure depends on two texts alone. So a shard's scores are those of the whole list, within the same error,
and what is chosen here, pair by pair, from merged shortlists is what would be chosen without a cluster. Ray
runs the tasks of a worker that died on another, and makes again what only the dead one held. Nothing but this
process reads or writes the database.
"""

import logging
import os
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import islice
from typing import Any

import numpy as np

from matcher import __version__
from matcher.domain.errors import ClusterAway, EncoderError, InvalidInput
from matcher.domain.listing import Side
from matcher.domain.scoring import Scorer
from matcher.domain.text import TextView
from matcher.matching.choice import Choice
from matcher.matching.grouping import Grouping
from matcher.matching.rank import (
    Ranked,
    SecondLook,
    Shortlist,
    choose_from,
    look_at,
    search_all,
    shortlists,
)
from matcher.ports import BuildChannels, Channels, Encoder, Query, Retriever, Rows, Vectors

SHARD = 20_000
"""Rows of a list that one task searches."""

BLOCK = 256
"""Queries that one task searches them for."""

RETRIES = 8
"""How often a task is tried again whose worker died."""

_LISTENER_SECONDS = 10

OpenChannels = Callable[[str, Sequence[TextView], Vectors, Vectors | None], Channels]

_encoders: dict[str, Encoder] = {}
"""On a worker: the encoder it has loaded, by its id."""


class Spread(dict[str, Retriever]):
    """The channels over a list here, and those over its parts as the cluster holds them, once they are asked
    for."""

    def __init__(self, here: Channels, start: Callable[[], Sequence[tuple[slice, Any]]]) -> None:
        super().__init__(here)
        self._start = start

    @cached_property
    def shards(self) -> Sequence[tuple[slice, Any]]:
        """Each part with what stands for its channels."""
        return self._start()


@dataclass(frozen=True, slots=True)
class Asked:
    """A block of queries, as it travels: what they are scored with, and how each one's matches are chosen."""

    queries: Sequence[Query]
    scorer: Scorer
    choices: Sequence[Choice]


@contextmanager
def joined(
    address: str | None,
    build_channels: BuildChannels,
    load_encoder: Callable[[], Encoder],
    *,
    shard: int = SHARD,
    block: int = BLOCK,
) -> Iterator["Cluster"]:
    """A Ray cluster for the time of the block: the one at `address`, else at RAY_ADDRESS, else one of this
    machine's own. The two functions are called on its workers, which have this version installed.

    Raises:
        InvalidInput: Ray is not installed.
        ClusterAway: nothing answers at the address.
    """
    try:
        import ray
    except ImportError as error:
        raise InvalidInput(
            "未安装 Ray；请运行 pip install 'matcher[ray]'，或改用 --engine local。",
            "Ray is not installed: pip install 'matcher[ray]', or use --engine local.",
            field="engine",
        ) from error
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        _require_listener(address)
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, RuntimeError, ValueError) as error:
        raise _away(error) from error
    try:
        with redirect_stdout(sys.stderr):  # Ray prints there what becomes of its nodes
            yield Cluster(ray, build_channels, load_encoder, shard, block)
    finally:
        ray.shutdown()


def _require_listener(address: str | None) -> None:
    """Fail at once where nobody listens at host:port: Ray itself tries for more than a minute."""
    host, colon, port = (address or "").rpartition(":")
    if colon and port.isdecimal() and "/" not in host:
        socket.create_connection((host, int(port)), timeout=_LISTENER_SECONDS).close()


class Cluster:
    """What a refresh does on a cluster in place of here; `ray` is the module, connected."""

    def __init__(
        self,
        ray: Any,
        build_channels: BuildChannels,
        load_encoder: Callable[[], Encoder],
        shard: int,
        block: int,
    ) -> None:
        self._ray = ray
        self._build_channels = build_channels
        self._load_encoder = load_encoder
        self._shard = shard
        self._block = block
        self._task = ray.remote(num_cpus=1, max_retries=RETRIES)(_run)
        self._ahead = 2 * max(2, int(ray.cluster_resources().get("CPU", 1)))

    def spread(self, open_channels: OpenChannels) -> OpenChannels:
        """The same channels here, and over every part of the list on the cluster."""

        def opened(
            name: str, texts: Sequence[TextView], vectors: Vectors, titles: Vectors | None
        ) -> Channels:
            start = partial(self._built, texts, vectors, titles)
            return Spread(open_channels(name, texts, vectors, titles), start)

        return opened

    def search_all(
        self,
        queries: Sequence[Query],
        channels: Channels,
        scorer: Scorer,
        choices: Sequence[Choice],
        look: SecondLook | None = None,
    ) -> list[Ranked]:
        """As `matching.rank.search_all`. Queries whose people have opinions, and those whose shortlists are
        too short to be sure, are searched here.

        Raises:
            ClusterAway: tasks died more often than they are tried.
        """
        if not isinstance(channels, Spread):
            return search_all(queries, channels, scorer, choices, look)
        there = [place for place, choice in enumerate(choices) if choice.feedback is None]
        blocks = [there[start : start + self._block] for start in range(0, len(there), self._block)]
        asked = [
            Asked([queries[place] for place in places], scorer, [choices[place] for place in places])
            for places in blocks
        ]
        ranked: dict[int, Ranked] = {}
        for places, of_block, parts in zip(blocks, asked, self._searched(asked, channels), strict=True):
            merged = [merge(parts_of) for parts_of in zip(*parts, strict=True)]
            chosen = choose_from(
                merged, of_block.queries, channels, scorer, of_block.choices, look_at(look, places)
            )
            for place, matches, shortlist in zip(places, chosen, merged, strict=True):
                if matches is not None:
                    ranked[place] = Ranked(matches, shortlist)
        here = [place for place in range(len(queries)) if place not in ranked]
        rest = search_all(
            [queries[place] for place in here],
            channels,
            scorer,
            [choices[place] for place in here],
            look_at(look, here),
        )
        ranked |= zip(here, rest, strict=True)
        return [ranked[place] for place in range(len(queries))]

    def encode_each(
        self, encoder: Encoder, batches: Sequence[Sequence[str]], side: Side
    ) -> Iterator[Vectors]:
        """The vectors of each batch in turn, made on workers by an encoder of the same id.

        Raises:
            EncoderError: a worker has another model, or cannot load it.
            ClusterAway: tasks died more often than they are tried.
        """
        load, encoder_id = self._load_encoder, encoder.encoder_id
        return self._in_order(
            partial(self._start, _encoded, load, encoder_id, batch, side) for batch in batches
        )

    def _built(
        self, texts: Sequence[TextView], vectors: Vectors, titles: Vectors | None
    ) -> list[tuple[slice, Any]]:
        shards = []
        for start in range(0, len(texts), self._shard):
            part = slice(start, min(start + self._shard, len(texts)))
            of_part = None if titles is None else titles[part]
            shards.append((part, self._start(self._build_channels, texts[part], vectors[part], of_part)))
        return shards

    def _searched(self, asked: Sequence[Asked], channels: Spread) -> Iterator[list[list[Shortlist]]]:
        """For each block the shortlists by every shard, in rows of the whole list."""

        def tasks() -> Iterator[Callable[[], Any]]:
            for of_block in asked:
                travelling = self._ray.put(replace(of_block, choices=list(map(_portable, of_block.choices))))
                for part, shard in channels.shards:
                    yield partial(self._start, _shortlists, part, shard, travelling)

        results = self._in_order(tasks())
        for _ in asked:
            yield list(islice(results, len(channels.shards)))

    def _start(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return self._task.remote(__version__, work, *arguments)

    def _in_order(self, tasks: Iterable[Callable[[], Any]]) -> Iterator[Any]:
        """What tasks give, in their order; no more than the cluster can use are started ahead."""
        waiting: deque[Any] = deque()
        for start in tasks:
            waiting.append(start())
            if len(waiting) > self._ahead:
                yield self._result(waiting.popleft())
        while waiting:
            yield self._result(waiting.popleft())

    def _result(self, reference: Any) -> Any:
        failed = self._ray.exceptions
        try:
            return self._ray.get(reference)
        except failed.RayTaskError as error:
            raise error.cause from error
        except failed.RayError as error:
            raise _away(error) from error


def merge(parts: Sequence[Shortlist]) -> Shortlist:
    """The shortlist of a whole list from those of its shards, which follow one another: what reaches the
    highest of their bounds, below which one of them knows nothing."""
    bound = max(part.bound for part in parts)
    scores = np.concatenate([part.scores for part in parts])
    reached = scores >= bound
    return Shortlist(np.concatenate([part.rows for part in parts])[reached], scores[reached], bound)


def _portable(choice: Choice) -> Choice:
    """A choice as a shard needs it: what is held is chosen when the shards are merged."""
    drawn = choice.exploration
    nobody = np.zeros(0, dtype=np.int64)
    return replace(
        choice, held=None, exploration=None if drawn is None else replace(drawn, seed=0, ids=nobody)
    )


def _run(version: str, work: Callable[..., Any], *arguments: Any) -> Any:
    """On a worker: what is asked of it, if it has the version that asks."""
    if version != __version__:
        raise ClusterAway(
            f"集群的一个节点装的是 {__version__} 版，不是 {version} 版；请在各节点安装同一版本。",
            f"a node of the cluster has version {__version__}, not {version}: install one on all of them.",
        )
    return work(*arguments)


def _shortlists(part: slice, channels: Channels, asked: Asked) -> list[Shortlist]:
    """On a worker: the shortlists of a block of queries among one shard, in rows of the whole list."""
    cut = _Cut(part)
    found = shortlists(asked.queries, channels, asked.scorer, list(map(cut.choice, asked.choices)))
    return [replace(shortlist, rows=shortlist.rows + part.start) for shortlist in found]


class _Cut:
    """Choices cut to one shard; arrays that choices share are cut once."""

    def __init__(self, part: slice) -> None:
        self._part = part
        self._made: dict[int, Any] = {}

    def choice(self, choice: Choice) -> Choice:
        return replace(
            choice,
            allowed=self._once(choice.allowed, self._rows),
            weights=self._once(choice.weights, lambda weights: weights[self._part]),
            repeats=self._once(choice.repeats, self._grouping),
            units=self._once(choice.units, self._grouping),
        )

    def _once(self, whole: Any, cut: Callable[[Any], Any]) -> Any:
        """Something's part, from the last time where it is the same thing."""
        if whole is None:
            return None
        if id(whole) not in self._made:
            self._made[id(whole)] = cut(whole)
        return self._made[id(whole)]

    def _rows(self, allowed: Rows) -> Rows:
        start, stop = np.searchsorted(allowed, (self._part.start, self._part.stop))
        rows: Rows = allowed[start:stop] - self._part.start
        return rows

    def _grouping(self, grouping: Grouping) -> Grouping:
        return Grouping(grouping.numbers[self._part], grouping.cap)


def _encoded(load: Callable[[], Encoder], encoder_id: str, texts: Sequence[str], side: Side) -> Vectors:
    """On a worker: the vectors of some texts by the encoder of that id."""
    if encoder_id not in _encoders:
        encoder = load()
        if encoder.encoder_id != encoder_id:
            raise EncoderError(
                f"集群的一个节点上的编码器是 {encoder.encoder_id}，不是 {encoder_id}；请在各节点放同一模型。",
                f"a node of the cluster has the encoder {encoder.encoder_id}, not {encoder_id}: put the same "
                "model on all of them.",
            )
        _encoders[encoder_id] = encoder
    return _encoders[encoder_id].encode(texts, side)


def _away(error: BaseException) -> ClusterAway:
    said = str(error).partition("\n")[0]
    return ClusterAway(
        f"无法使用 Ray 集群（{type(error).__name__}：{said}）。请检查 --address 和集群的状态；台账没有改动。",
        f"cannot use the Ray cluster ({type(error).__name__}: {said}). Check --address and the state of the "
        "cluster; the ledger is as it was.",
    )
