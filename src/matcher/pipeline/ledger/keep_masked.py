"""Texts that come back as they were shown: where contacts were masked, what is stored stays."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from matcher.domain.columns import Milestone, Work
from matcher.domain.masking import restore_contacts
from matcher.domain.text import mask_contacts


def keep_masked(work: Work, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes with the contacts that are stored in the place of their masked forms."""
    kept = {name: _kept(value, getattr(work, name, None)) for name, value in changes.items()}
    if "milestones" in kept:
        named = {name: point for point in work.milestones for name in (mask_contacts(point.name), point.name)}
        kept["milestones"] = tuple(
            _milestone(point, named.get(point.name, point)) for point in kept["milestones"]
        )
    return kept


def _milestone(sent: Milestone, stored: Milestone) -> Milestone:
    return replace(sent, name=stored.name, note=restore_contacts(sent.note, stored.note))


def _kept(sent: Any, stored: Any) -> Any:
    return restore_contacts(sent, stored) if isinstance(sent, str) and isinstance(stored, str) else sent
