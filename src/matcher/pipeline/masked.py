"""Texts that come back as they were shown: where contacts were masked, what is stored stays."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from matcher.domain.masking import restore_contacts
from matcher.domain.work import Work


def keep_masked(work: Work, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes with the contacts that are stored in the place of their masked forms."""
    kept = {name: _kept(value, getattr(work, name, None)) for name, value in changes.items()}
    if "milestones" in kept:
        notes = {one.name: one.note for one in work.milestones}
        kept["milestones"] = tuple(
            replace(one, note=restore_contacts(one.note, notes.get(one.name, "")))
            for one in kept["milestones"]
        )
    return kept


def _kept(sent: Any, held: Any) -> Any:
    return restore_contacts(sent, held) if isinstance(sent, str) and isinstance(held, str) else sent
