"""Queries that stand on a list themselves: what a channel over that list worked out for their rows."""

from collections.abc import Sequence
from typing import TypeVar

from matcher.ports import Query, Retriever

Channel = TypeVar("Channel", bound=Retriever)


def on_one_list(queries: Sequence[Query], name: str, kind: type[Channel]) -> tuple[Channel, list[int]] | None:
    """The channel of this name over the list on which all the queries stand, and their rows there; None where
    they do not, or the list has no such channel."""
    listed = [query.listed for query in queries if query.listed is not None]
    if not queries or len(listed) < len(queries):
        return None
    channels = listed[0].channels
    channel = channels.get(name)
    if not isinstance(channel, kind) or any(one.channels is not channels for one in listed):
        return None
    return channel, [one.row for one in listed]
