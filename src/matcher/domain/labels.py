"""Every code with its one Chinese and one English label."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from matcher.domain.access import Role
from matcher.domain.ledger import Cause, RunStatus, Stage, Standing, Trigger
from matcher.domain.listing import Confidentiality, DemandKind, Side

Language = Literal["zh", "en"]

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
    },
    Cause: {
        Cause.OUTRANKED: ("被其他结果挤出前列", "outranked by other matches"),
        Cause.CONSTRAINT: ("不再满足硬性条件", "a hard constraint no longer holds"),
        Cause.DEMAND_WITHDRAWN: ("需求已撤回", "demand withdrawn"),
        Cause.DEMAND_EXPIRED: ("需求已过期", "demand expired"),
        Cause.ACHIEVEMENT_WITHDRAWN: ("成果已撤回", "achievement withdrawn"),
        Cause.ACHIEVEMENT_EXPIRED: ("成果已过期", "achievement expired"),
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
        Role.ADMIN: ("系统管理员", "administrator"),
        Role.OPERATOR: ("园区操作员", "park operator"),
        Role.READER: ("只读用户", "reader"),
        Role.BATCH: ("批处理", "batch"),
        Role.EMBED: ("嵌入页面", "embedded page"),
    },
}
"""Enumeration → member → (Chinese, English)."""


def label(code: StrEnum, language: Language) -> str:
    """The label of a code in one language."""
    chinese, english = LABELS[type(code)][code]
    return chinese if language == "zh" else english
