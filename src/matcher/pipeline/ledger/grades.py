"""Grades of the enterprises and the research units' answers, as each of the two may see them."""

from pydantic import Field

from matcher.domain.access import DISTRICT, Principal, Right, Role
from matcher.domain.labels import label
from matcher.domain.stages import DeclineCode
from matcher.domain.text import fold, mask_contacts
from matcher.pipeline import cursors
from matcher.pipeline.answers import Answer, Listed, Moment, Page
from matcher.pipeline.ledger.answers import no_entry
from matcher.pipeline.pairs import names_record
from matcher.store import catalogue, grades, ledger
from matcher.store.database import Database, Transaction
from matcher.store.grades import HeldGrade, Visible

_OF_THE_DEMAND = ("demand_id", "demand_code", "demand_title", "demand_organisation")


class GradeAnswer(Answer):
    """一次评分，连同评分人当时看到的数值，和研发单位的答复。

    研发单位看不到评分人；需求未经园区发布的，也看不到是哪项需求。
    """

    grade_id: int
    entry_id: int
    park: str
    demand_id: int | None
    demand_code: str | None
    demand_title: str | None
    demand_organisation: str | None
    achievement_id: int
    achievement_code: str
    achievement_title: str
    achievement_organisation: str
    grade: int = Field(description="0 不匹配、1 较弱、2 较强、3 强")
    reason: str = Field(description="理由")
    decline_code: DeclineCode | None
    decline_label: str | None
    at: Moment
    actor: str | None = Field(description="谁记下的")
    rank: int | None = Field(description="当时的名次")
    similarity: float | None = Field(description="当时的相似度")
    score: float | None = Field(description="当时的得分")
    probability: float | None = Field(description="当时的概率；尚未校准为 null")
    run_id: int | None = Field(description="当时的数值出自哪一次运行")
    demand_version: int = Field(description="当时需求的版本")
    achievement_version: int = Field(description="当时成果的版本")
    reply: str = Field(description="研发单位的答复")
    replied_at: Moment | None
    replied_by: str | None

    @classmethod
    def of(cls, grade: HeldGrade, principal: Principal) -> "GradeAnswer":
        """A grade as a caller is shown it, contacts masked.

        A research unit is not told who gave it, nor of what demand unless its park released it.
        """
        outside = principal.role is Role.RESEARCH_UNIT
        untold = _OF_THE_DEMAND if outside and not grade.demand_public else ()
        decline = grade.decline_code
        return cls.made_of(
            grade,
            **names_record(grade) | dict.fromkeys(untold),
            grade_id=grade.id,
            reason=mask_contacts(grade.reason),
            decline_label=None if decline is None else label(decline, "zh"),
            actor=None if outside else grade.actor,
            reply=mask_contacts(grade.reply),
        )


def list_grades(database: Database, principal: Principal, entry_id: int) -> Listed[GradeAnswer]:
    """The grades of one entry, oldest first, each with what the person saw and the answer.

    A research unit sees those of its own achievements.

    Raises:
        NotFound: no such entry, another park's, or one that a research unit has no grade of.
        Forbidden: the caller may not read grades.
    """
    with database.reading() as session:
        visible = visible_to(session, principal)
        given = grades.of_entry(session, visible, entry_id)
        if not given and (
            visible.organisations is not None or ledger.entry(session, visible.scope, entry_id) is None
        ):
            raise no_entry(entry_id)
    return Listed[GradeAnswer](items=[GradeAnswer.of(grade, principal) for grade in given])


def list_all_grades(
    database: Database,
    principal: Principal,
    *,
    awaiting_reply: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[GradeAnswer]:
    """One page of the grades that the caller may see, by id.

    Raises:
        Forbidden: the caller may not read grades.
        InvalidCursor: it is not one of this list's.
    """
    after = cursors.after_id("grades", cursor)
    with database.reading() as session:
        visible = visible_to(session, principal)
        given = grades.page(session, visible, awaiting_reply=awaiting_reply, after=after, limit=limit + 1)
    shown, following = cursors.cut(given, limit, lambda grade: cursors.encode("grades", grade.id))
    items = [GradeAnswer.of(grade, principal) for grade in shown]
    return Page[GradeAnswer](items=items, next_cursor=following)


def visible_to(session: Transaction, principal: Principal) -> Visible:
    """Which grades a caller sees: a research unit its own achievements', others their parks'.

    Raises:
        Forbidden: the caller may not read grades.
    """
    if principal.role is not Role.RESEARCH_UNIT:
        principal.require(Right.READ_PARK)
        return Visible(principal.scope)
    unit = fold(principal.subject)
    names = [name for name in catalogue.organisations(session) if unit and fold(name) == unit]
    return Visible(DISTRICT, names)
