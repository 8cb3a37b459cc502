"""Texts that come back as they were shown: where contacts were masked, what is stored stays."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from matcher.domain.work import Milestone, Work
from matcher.pipeline.views import masked_work


def keep_masked(work: Work, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes with what is stored in the place of every text that is its masked form."""
    masked = masked_work(work)
    kept = {
        name: getattr(work, name) if isinstance(value, str) and value == getattr(masked, name) else value
        for name, value in changes.items()
        if name in Work.__dataclass_fields__
    }
    if "milestones" in kept:
        notes = {one.name: (one.note, shown.note) for one, shown in _twice(work, masked)}
        kept["milestones"] = tuple(
            _noted(one, *notes.get(one.name, ("", None))) for one in kept["milestones"]
        )
    return {**changes, **kept}


def _twice(work: Work, masked: Work) -> list[tuple[Milestone, Milestone]]:
    return list(zip(work.milestones, masked.milestones, strict=True))


def _noted(sent: Milestone, note: str, shown: str | None) -> Milestone:
    return replace(sent, note=note) if sent.note == shown else sent
