"""Grades of the enterprises and the research units' answers, as each of the two may see them."""

from typing import Any

from matcher.domain.access import DISTRICT, Principal, Right, Role
from matcher.domain.errors import NotFound
from matcher.domain.labels import label
from matcher.domain.listing import Confidentiality
from matcher.domain.stages import DeclineCode
from matcher.domain.text import fold, mask_contacts
from matcher.store import catalogue, grades, ledger
from matcher.store.database import Database, Transaction
from matcher.store.grades import Row, Visible


def list_grades(database: Database, principal: Principal, entry_id: int) -> list[dict[str, Any]]:
    """The grades of one entry, oldest first, each with what the person saw and the answer.

    A research unit sees those of its own achievements.

    Raises:
        NotFound: no such entry, another park's, or one that a research unit has no grade of.
        Forbidden: the caller may not read grades.
    """
    with database.reading() as session:
        visible = visible_to(session, principal)
        found = grades.of_entry(session, visible, entry_id)
        if not found and (
            visible.organisations is not None or ledger.entry(session, visible.scope, entry_id) is None
        ):
            raise no_entry(entry_id)
    return [grade_json(row, principal) for row in found]


def list_all_grades(
    database: Database,
    principal: Principal,
    *,
    awaiting_reply: bool = False,
    after: int = 0,
    limit: int = 50,
) -> tuple[list[dict[str, Any]], int | None]:
    """One page of the grades that the caller may see, by id, and the id to continue after.

    Raises:
        Forbidden: the caller may not read grades.
    """
    with database.reading() as session:
        visible = visible_to(session, principal)
        found = grades.page(session, visible, awaiting_reply=awaiting_reply, after=after, limit=limit + 1)
    page = found[:limit]
    return [grade_json(row, principal) for row in page], page[-1][0].id if len(found) > limit else None


def visible_to(session: Transaction, principal: Principal) -> Visible:
    """Which grades a caller sees: a research unit its own achievements', others their parks'.

    Raises:
        Forbidden: the caller may not read grades.
    """
    if principal.role is not Role.RESEARCH_UNIT:
        principal.require(Right.READ_PARK)
        return Visible(principal.scope)
    own = fold(principal.subject)
    names = [name for name in catalogue.organisations(session) if own and fold(name) == own]
    return Visible(DISTRICT, names)


def grade_json(row: Row, principal: Principal) -> dict[str, Any]:
    """A grade's stable JSON form, contacts masked.

    A research unit is not told who gave it, nor of what demand unless its park released it.
    """
    grade, demand, achievement, park = row
    outside = principal.role is Role.RESEARCH_UNIT
    told = not outside or (demand.released and demand.confidentiality == Confidentiality.PUBLIC.value)
    decline = None if grade.decline_code is None else DeclineCode(grade.decline_code)
    return {
        "grade_id": grade.id,
        "entry_id": grade.entry_id,
        "park": park,
        "demand_id": demand.id if told else None,
        "demand_code": mask_contacts(demand.code) if told else None,
        "demand_title": mask_contacts(demand.title) if told else None,
        "demand_organisation": mask_contacts(demand.organisation) if told else None,
        "achievement_id": achievement.id,
        "achievement_code": mask_contacts(achievement.code),
        "achievement_title": mask_contacts(achievement.title),
        "achievement_organisation": mask_contacts(achievement.organisation),
        "grade": grade.grade,
        "reason": mask_contacts(grade.reason),
        "decline_code": None if decline is None else decline.value,
        "decline_label": None if decline is None else label(decline, "zh"),
        "at": grade.at.isoformat(),
        "actor": None if outside else grade.actor,
        "rank": grade.rank,
        "similarity": grade.similarity,
        "score": grade.score,
        "probability": grade.probability,
        "run_id": grade.run_id,
        "demand_version": grade.demand_version,
        "achievement_version": grade.achievement_version,
        "reply": mask_contacts(grade.reply),
        "replied_at": None if grade.replied_at is None else grade.replied_at.isoformat(),
        "replied_by": grade.replied_by,
    }


def no_entry(entry_id: int) -> NotFound:
    """What is said of an entry that does not exist for the caller."""
    return NotFound(f"没有编号为 {entry_id} 的台账条目。", f"there is no ledger entry {entry_id}.")
