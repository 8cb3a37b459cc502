"""Every code with its one Chinese and one English label."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from matcher.domain.access import RIGHT_LABELS, Right, Role
from matcher.domain.bands import NAMES, Band
from matcher.domain.columns import Group
from matcher.domain.hidden_parts import HiddenParts
from matcher.domain.listing import Confidentiality, DemandKind, Side
from matcher.domain.opinions import Opinion
from matcher.domain.reminder import ReminderChannel
from matcher.domain.stages import DeclineCode, DueKind, Stage, StallCode, Teaming
from matcher.domain.standings import AbstentionReason, Cause, ChangeCause, Event, RunStatus, Standing, Trigger
from matcher.domain.verdicts import Agreement, Constraint, Hindrance, Verdict, Whose

Language = Literal["zh", "en"]

Words = tuple[str, str]
"""Chinese and English."""

LABELS: Mapping[type[StrEnum], Mapping[StrEnum, tuple[str, str]]] = {
    Side: {
        Side.SUPPLY: ("科技成果", "achievements"),
        Side.DEMAND: ("企业需求", "demands"),
    },
    Confidentiality: {
        Confidentiality.PUBLIC: ("公开", "public"),
        Confidentiality.INTERNAL: ("内部", "internal"),
        Confidentiality.SECRET: ("涉密", "secret"),
    },
    DemandKind: {
        DemandKind.RESEARCH: ("技术攻关", "joint research"),
        DemandKind.ACQUISITION: ("成果引进", "acquisition of results"),
        DemandKind.SCENARIO: ("应用场景", "application scenario"),
        DemandKind.PILOT: ("概念验证/中试服务", "proof of concept or pilot service"),
        DemandKind.CHALLENGE: ("揭榜", "open challenge"),
    },
    Stage: {
        Stage.SCREENING: ("待研判", "to be screened"),
        Stage.PENDING: ("待对接", "to be introduced"),
        Stage.PUSHED: ("已推送", "sent to both sides"),
        Stage.ENGAGED: ("对接中", "in talks"),
        Stage.INTENT: ("达成意向", "intent reached"),
        Stage.TRIAL: ("试用中", "on trial"),
        Stage.SIGNED: ("已签约", "signed"),
        Stage.LANDED: ("已落地", "landed"),
        Stage.PAUSED: ("暂缓", "paused"),
        Stage.ENDED: ("终止", "ended"),
    },
    Standing: {
        Standing.CURRENT: ("当前", "current"),
        Standing.VANISHED: ("已消失", "vanished"),
        Standing.VOID: ("失效", "void"),
        Standing.ADDED: ("人工添加", "added by hand"),
    },
    Band: NAMES,
    StallCode: {
        StallCode.TECHNICAL_ROUTE: ("技术路线", "technical route"),
        StallCode.FUNDING: ("资金", "funding"),
        StallCode.FACILITIES: ("配套", "supporting facilities"),
        StallCode.COOPERATION: ("协作", "cooperation"),
        StallCode.MARKET: ("市场", "market"),
        StallCode.PEOPLE: ("人员", "people"),
        StallCode.TOPIC: ("立题", "choice of topic"),
        StallCode.OTHER: ("其他", "other"),
    },
    DeclineCode: {
        DeclineCode.TOO_EARLY: ("过于早期", "too early"),
        DeclineCode.BENEFIT_UNCLEAR: ("效益不明", "benefit unclear"),
        DeclineCode.ROUTE_UNCLEAR: ("路线不明", "route unclear"),
        DeclineCode.DESCRIPTION_UNCLEAR: ("描述不清", "description unclear"),
        DeclineCode.SCIENTIFIC_REASON: ("科学性存疑", "scientific reason"),
        DeclineCode.OTHER: ("其他", "other"),
    },
    Teaming: {
        Teaming.JOINT: ("联合攻关", "joint work"),
        Teaming.RACE: ("赛马", "race"),
    },
    Group: {
        Group.NEXT: ("下一步", "Next"),
        Group.PEOPLE: ("人员", "People"),
        Group.STATE: ("情况", "State"),
        Group.TRIAL: ("试用", "Trial"),
        Group.NOTES: ("备注", "Notes"),
        Group.TEAM: ("协作", "Team"),
    },
    DueKind: {
        DueKind.ACTION: ("下一步", "next action"),
        DueKind.RETURN: ("暂缓到期", "return from pause"),
        DueKind.TRIAL_END: ("试用到期", "end of trial"),
    },
    ReminderChannel: {
        ReminderChannel.EMAIL: ("电子邮件", "e-mail"),
        ReminderChannel.WEBHOOK: ("网络回调", "webhook"),
    },
    Constraint: {
        Constraint.OWN_ORGANISATION: ("本单位成果", "own organisation"),
        Constraint.CONFIDENTIAL: ("涉密", "classified"),
        Constraint.TOO_LITTLE_TEXT: ("文字太少", "too little text"),
        Constraint.EXCLUDED: ("已排除", "excluded by a person"),
        Constraint.PRICE: ("金额上限", "price ceiling"),
        Constraint.MATURITY: ("成熟度", "maturity"),
        Constraint.MODES: ("合作方式", "cooperation mode"),
        Constraint.REGIONS: ("地区", "region"),
        Constraint.INDUSTRIES: ("产业", "industry"),
        Constraint.PARTNERS: ("合作单位", "partner institution"),
        Constraint.ORGANISATIONS: ("排除的单位", "excluded organisation"),
    },
    Verdict: {
        Verdict.MET: ("满足", "met"),
        Verdict.UNKNOWN: ("未知", "unknown"),
        Verdict.FAILED: ("不满足", "failed"),
    },
    Agreement: {
        Agreement.AGREES: ("相符", "agrees"),
        Agreement.AGAINST: ("不符", "against"),
        Agreement.UNKNOWN: ("未知", "unknown"),
    },
    Hindrance: {
        Hindrance.PRICE: ("金额上限", "price ceiling"),
        Hindrance.MATURITY: ("成熟度", "maturity"),
        Hindrance.MODES: ("合作方式", "cooperation mode"),
        Hindrance.REGIONS: ("地区", "region"),
        Hindrance.INDUSTRIES: ("产业", "industry"),
        Hindrance.PARTNERS: ("合作单位", "partner institution"),
        Hindrance.ORGANISATIONS: ("排除的单位", "excluded organisation"),
        Hindrance.VALIDITY: ("有效期", "validity"),
        Hindrance.MIN_SCORE: ("得分门槛", "score threshold"),
        Hindrance.MIN_PROBABILITY: ("概率门槛", "probability threshold"),
    },
    Whose: {
        Whose.PARK: ("园区规则", "the park's rules"),
        Whose.DEMAND: ("需求规则", "the demand's rules"),
        Whose.ACHIEVEMENT: ("成果", "the achievement"),
    },
    Cause: {
        Cause.OUTRANKED: ("被其他结果挤出前列", "outranked by other matches"),
        Cause.BELOW_THRESHOLD: ("低于门槛", "below the threshold"),
        Cause.QUOTA: ("超出数量限制", "over a quota"),
        Cause.REPEATED: ("与已列出的成果重复", "repeats an achievement that is listed"),
        Cause.EXCLUDED: ("被人工排除", "excluded by a person"),
        Cause.CONSTRAINT: ("不再满足硬性条件", "a hard constraint no longer holds"),
        Cause.DEMAND_WITHDRAWN: ("需求已撤回", "demand withdrawn"),
        Cause.DEMAND_EXPIRED: ("需求已过期", "demand expired"),
        Cause.ACHIEVEMENT_WITHDRAWN: ("成果已撤回", "achievement withdrawn"),
        Cause.ACHIEVEMENT_EXPIRED: ("成果已过期", "achievement expired"),
    },
    ChangeCause: {
        ChangeCause.DEMAND_ADDED: ("新增需求", "demand added"),
        ChangeCause.ACHIEVEMENT_ADDED: ("新增成果", "achievement added"),
        ChangeCause.DEMAND_EDITED: ("需求内容修改", "demand edited"),
        ChangeCause.ACHIEVEMENT_EDITED: ("成果内容修改", "achievement edited"),
        ChangeCause.ENCODER: ("模型更换", "another model"),
        ChangeCause.SCORER: ("评分方法更换", "another scorer"),
        ChangeCause.CALIBRATION: ("概率校准更换", "another calibration"),
        ChangeCause.PROFILE: ("园区或需求规则修改", "the park's or the demand's rules"),
        ChangeCause.CODE: ("程序版本更换", "another version of the program"),
        ChangeCause.FEEDBACK: (
            "本需求其他成果的评价变动",
            "what people think of other achievements for the demand",
        ),
        ChangeCause.COMPETITION: ("其他成果进出排名", "other matches came or left"),
    },
    Event: {
        Event.CREATED: ("新增", "new"),
        Event.CHANGED: ("变化", "changed"),
        Event.RETURNED: ("重新出现", "returned"),
        Event.VANISHED: ("消失", "vanished"),
    },
    AbstentionReason: {
        AbstentionReason.TOO_LITTLE_TEXT: ("文字太少，无法判断", "too little text to judge"),
        AbstentionReason.NO_SUPPLY: ("供给清单为空", "the supply list is empty"),
        AbstentionReason.CONSTRAINTS: ("没有成果满足硬性条件", "nothing keeps the hard constraints"),
        AbstentionReason.BELOW_THRESHOLD: ("没有成果达到门槛", "nothing reaches the threshold"),
        AbstentionReason.QUOTA: ("超出园区数量限制", "over the park's quota"),
        AbstentionReason.NONE_LIKELY: ("没有可信的匹配", "no match is likely"),
    },
    Opinion: {
        Opinion.GRADED_3: ("评 3 分", "graded 3"),
        Opinion.GRADED_2: ("评 2 分", "graded 2"),
        Opinion.GRADED_1: ("评 1 分", "graded 1"),
        Opinion.GRADED_0: ("评 0 分", "graded 0"),
        Opinion.LANDED: ("已落地", "landed"),
        Opinion.IN_CONTACT: ("已进入对接", "taken up"),
        Opinion.DECLINED: ("因科学性存疑终止", "declined for a scientific reason"),
        Opinion.EXCLUDED: ("已排除", "excluded"),
    },
    HiddenParts: {
        HiddenParts.SKIP: ("略过", "skip"),
        HiddenParts.INCLUDE: ("一并导入", "include"),
    },
    RunStatus: {
        RunStatus.RUNNING: ("运行中", "running"),
        RunStatus.SUCCEEDED: ("成功", "succeeded"),
        RunStatus.FAILED: ("失败", "failed"),
    },
    Trigger: {
        Trigger.BATCH: ("夜间批处理", "nightly batch"),
        Trigger.CHANGE: ("清单变动", "change to a list"),
        Trigger.REQUEST: ("人工启动", "started by hand"),
    },
    Role: {
        Role.ADMIN: ("区级管理员", "district administrator"),
        Role.OPERATOR: ("园区操作员", "park operator"),
        Role.TECHNOLOGY_MANAGER: ("技术经理人", "technology manager"),
        Role.RESEARCH_UNIT: ("研发单位", "research unit"),
        Role.READER: ("只读用户", "reader"),
        Role.BATCH: ("批处理", "batch"),
        Role.EMBED: ("嵌入页面", "embedded page"),
    },
    Right: RIGHT_LABELS,
}
"""Enumeration → member → (Chinese, English)."""


def label(code: StrEnum, language: Language) -> str:
    """The label of a code in one language."""
    chinese, english = words(code)
    return chinese if language == "zh" else english


def words(code: StrEnum) -> Words:
    """The label of a code in both languages."""
    return LABELS[type(code)][code]
