"""The rules for changing people's columns of the ledger, and for showing them.

Every function here takes the columns as they are and gives them as they become; nothing is stored.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any

from matcher.domain.columns import EDITABLE, GRADES, PEOPLE, PERSONS, UNTOUCHED, Kind, Milestone, Work
from matcher.domain.errors import IllegalMove, InvalidInput
from matcher.domain.field_names import choice_words, field_words
from matcher.domain.labels import label
from matcher.domain.stages import DeclineCode, Stage, StallCode, moves_from
from matcher.domain.text import mask_contacts

MAX_TEXT = 4_000
"""Characters of a free text."""

MAX_AMOUNT = 10_000_000.0
"""万元; 100 billion yuan, far above any technology contract, and a slip of the unit below it is seen."""


def edit(work: Work, changes: Mapping[str, Any], today: date) -> Work:
    """The columns with `changes` (column → new value, of the column's type) written over them.

    Raises:
        InvalidInput: a column that is not in `EDITABLE`, or a value that breaks a rule; `field` names it.
    """
    if strange := changes.keys() - set(EDITABLE):
        name = min(strange)
        raise InvalidInput(
            f"{field_words(name)[0]}不能这样修改；可以填写：{choice_words(EDITABLE)}。",
            f"{name} is not written this way; these are: {', '.join(EDITABLE)}.",
            field=name,
        )
    cleaned = {name: _stripped(value) for name, value in changes.items()}
    edited = replace(work, **cleaned)
    _check(edited, cleaned, today)
    return edited


def move(
    work: Work, to: Stage, *, today: date, reason: DeclineCode | StallCode | None, return_on: date | None
) -> Work:
    """The columns after the move to stage `to`.

    Ending takes a reason: a decline code, or what held the pair up. Pausing takes the day to return to it,
    after today. A move to the stage it is at changes reason and day, where they are given.

    Raises:
        IllegalMove: `to` does not follow the present stage.
        InvalidInput: the reason or the day is missing, or a day is given without a pause.
    """
    if to is not work.stage and to not in moves_from(work.stage, work.paused_from):
        raise _illegal(work, to)
    if to is Stage.ENDED and reason is None and work.stage is not Stage.ENDED:
        raise InvalidInput(
            "终止须写明原因，如过于早期（too_early）。",
            f"ending takes a reason: one of {', '.join(REASONS)}.",
            field="reason",
        )
    if to is not Stage.PAUSED and return_on is not None:
        raise InvalidInput(
            "只有暂缓才有恢复日期。", "only a pause has a day to return on.", field="return_on"
        )
    if to is Stage.PAUSED:
        return_on = return_on or work.return_on
        if return_on is None or return_on <= today:
            raise InvalidInput(
                "暂缓须写明今天以后的恢复日期。",
                "pausing takes the day to return to it, after today.",
                field="return_on",
            )
    moved = replace(
        work,
        stage=to,
        paused_from=_paused_from(work, to),
        return_on=return_on if to is Stage.PAUSED else None,
    )
    match reason:
        case DeclineCode():
            return replace(moved, decline_code=reason)
        case StallCode():
            return replace(moved, stall_code=reason)
        case None:
            return moved


REASONS: Mapping[str, DeclineCode | StallCode] = {
    **{code.value: code for code in StallCode},
    **{code.value: code for code in DeclineCode},
}
"""Every code that may be given as a reason; `other` is the decline code."""


def keep_reason(before: Work, after: Work) -> None:
    """An ended pair keeps a reason, whatever else is written.

    Raises:
        InvalidInput: `after` has lost it.
    """
    had = before.decline_code is not None or before.stall_code is not None
    has = after.decline_code is not None or after.stall_code is not None
    if after.stage is Stage.ENDED and had and not has:
        raise InvalidInput(
            "已终止的条目须保留原因代码。", "an ended pair keeps a reason.", field="decline_code"
        )


def reasons_in_chinese() -> str:
    """Every reason by its name, with the code to write for it."""
    return "、".join(f"{label(reason, 'zh')}（{name}）" for name, reason in REASONS.items())


def reason_of(code: str, to: Stage) -> DeclineCode | StallCode:
    """The reason that a code names; `other` is what holds a pair up where it is paused.

    Raises:
        InvalidInput: no such code.
    """
    if to is Stage.PAUSED and code == StallCode.OTHER.value:
        return StallCode.OTHER
    if code not in REASONS:
        raise InvalidInput(
            f"没有原因代码“{code}”；可用：{reasons_in_chinese()}。",
            f"there is no reason {code}: use one of {', '.join(REASONS)}.",
            field="reason",
        )
    return REASONS[code]


def grade(work: Work, value: int, reason: str) -> Work:
    """The columns with the enterprise's grade; a reason that is a decline code is kept as one, too.

    Raises:
        InvalidInput: no grade from 0 to 3, or a reason that is too long.
    """
    if value not in GRADES:
        raise InvalidInput("评分须为 0、1、2 或 3。", "a grade is 0, 1, 2 or 3.", field="grade")
    reason = _text(reason, "reason")
    code = REASONS.get(reason)
    decline = code if isinstance(code, DeclineCode) else work.decline_code
    return replace(work, grade=value, grade_reason=reason, reply="", decline_code=decline)


def reply(work: Work, text: str) -> Work:
    """The columns with the research unit's answer to the grade.

    Raises:
        InvalidInput: nothing is graded, or the answer is empty or too long.
    """
    if work.grade is None:
        raise InvalidInput("尚未评分，无从答复。", "there is no grade to answer.", field="reply")
    text = _text(text, "reply")
    if not text:
        raise InvalidInput("请填写答复。", "write an answer.", field="reply")
    return replace(work, reply=text)


def hand_over(work: Work, giver: str, taker: str) -> Work:
    """The columns with `taker` in the place of `giver` wherever one names a person."""
    theirs: dict[str, Any] = {name: taker for name in PERSONS if getattr(work, name) == giver}
    return replace(work, **theirs)


def people_of(work: Work) -> set[str]:
    """Who works on an entry: its owner and its technology manager, where it names them."""
    return {getattr(work, name) for name in PERSONS} - {""}


def masked(work: Work) -> Work:
    """The columns with contacts inside their texts hidden."""
    if work is UNTOUCHED:
        return work
    milestones = tuple(
        replace(point, name=mask_contacts(point.name), note=mask_contacts(point.note))
        for point in work.milestones
    )
    texts: dict[str, Any] = {
        column.name: mask_contacts(getattr(work, column.name))
        for column in PEOPLE
        if column.kind is Kind.TEXT
    }
    return replace(work, milestones=milestones, **texts)


_NO_CHARACTER = re.compile("[\x00\ud800-\udfff]")
"""What no database keeps as text."""


def _paused_from(work: Work, to: Stage) -> Stage | None:
    if to is not Stage.PAUSED:
        return None
    return work.paused_from if work.stage is Stage.PAUSED else work.stage


def _illegal(work: Work, to: Stage) -> IllegalMove:
    allowed = moves_from(work.stage, work.paused_from)
    zh = "、".join(label(stage, "zh") for stage in allowed)
    return IllegalMove(
        f"不能从“{label(work.stage, 'zh')}”到“{label(to, 'zh')}”；可以到：{zh}。",
        f"{work.stage} may not become {to}; it may become {', '.join(allowed)}.",
        field="stage",
    )


def _check(work: Work, changed: Mapping[str, Any], today: date) -> None:
    for name in changed:
        value = getattr(work, name)
        if isinstance(value, str):
            _text(value, name)
    if "amount" in changed and work.amount is not None and not 0 <= work.amount <= MAX_AMOUNT:
        raise InvalidInput(
            "金额须为 0 到 10,000,000 万元。", "an amount is from 0 to 10,000,000 (万元).", field="amount"
        )
    if "last_contact" in changed and work.last_contact is not None and work.last_contact > today:
        raise InvalidInput(
            "最近联系日期不能在今天以后。", "the last contact lies in the future.", field="last_contact"
        )
    if work.trial_start and work.trial_end and work.trial_end < work.trial_start:
        field = "trial_end" if "trial_end" in changed else "trial_start"
        raise InvalidInput("试用结束早于开始。", "the trial ends before it starts.", field=field)
    if "milestones" in changed:
        _check_milestones(work.milestones)


def _stripped(value: Any) -> Any:
    match value:
        case StrEnum():
            return value
        case str():
            return value.strip()
        case Milestone():
            return replace(value, name=value.name.strip(), note=value.note.strip())
        case tuple():
            return tuple(_stripped(item) for item in value)
        case _:
            return value


def _check_milestones(milestones: Sequence[Milestone]) -> None:
    for milestone in milestones:
        _text(milestone.name, "milestones")
        _text(milestone.note, "milestones")
    names = [milestone.name for milestone in milestones]
    if not all(names) or len(set(names)) < len(names) or len(names) > 20:
        raise InvalidInput(
            "里程碑须有互不相同的名称，最多 20 个。",
            "milestones have names that differ, and there are at most 20.",
            field="milestones",
        )


def _text(text: str, field: str) -> str:
    text = text.strip()
    if _NO_CHARACTER.search(text):
        raise InvalidInput("含有无效的字符。", "it holds what is no character.", field=field)
    if len(text) > MAX_TEXT:
        raise InvalidInput(f"文字超过 {MAX_TEXT} 字。", f"over {MAX_TEXT} characters.", field=field)
    return text
