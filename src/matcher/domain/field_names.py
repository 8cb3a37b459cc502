"""What fields are called in sentences: those of the lists, of the ledger, of rules and of requests."""

from collections.abc import Iterable, Mapping, Sequence

from matcher.domain.columns import BY_KEY
from matcher.domain.labels import Words
from matcher.domain.list_columns import list_fields
from matcher.domain.listing import Side

_OF_REQUESTS: Mapping[str, Words] = {
    "achievement_id": ("成果编号", "achievement"),
    "act": ("操作", "act"),
    "adopt": ("是否启用", "adopt"),
    "as_of": ("台账时点", "moment of the ledger"),
    "awaiting_reply": ("待答复", "awaiting an answer"),
    "cells": ("单元格", "cells"),
    "constraints": ("硬性条件", "constraints"),
    "count": ("条数", "count"),
    "cursor": ("翻页标记", "cursor"),
    "days": ("天数", "days"),
    "demand_id": ("需求编号", "demand"),
    "demands": ("需求条数", "number of demands"),
    "depth": ("每个排序的深度", "depth"),
    "done_on": ("完成日期", "day it was done"),
    "dry_run": ("试运行", "dry run"),
    "duplicates": ("重复条目", "duplicates"),
    "email": ("电子邮箱", "e-mail"),
    "evidence_id": ("佐证编号", "evidence"),
    "excluded_organisations": ("排除的单位", "excluded organisations"),
    "exclusion_id": ("排除编号", "exclusion"),
    "expires_at": ("失效时间", "moment of expiry"),
    "expires_in_days": ("有效天数", "days until expiry"),
    "exploration": ("探索比例", "share of exploration"),
    "extra": ("其他列", "other columns"),
    "fields": ("要设置的字段", "fields to set"),
    "file": ("文件", "file"),
    "filter": ("选择条件", "filter"),
    "format": ("格式", "format"),
    "from": ("移交人", "who hands over"),
    "full": ("整张清单", "whole list"),
    "headings": ("表头", "headings"),
    "hidden": ("隐藏内容", "hidden parts"),
    "high": ("上限", "upper bound"),
    "id": ("编号", "id"),
    "idempotency-key": ("请求标识（Idempotency-Key）", "Idempotency-Key"),
    "ignore": ("忽略", "ignore"),
    "if-match": ("版本（If-Match）", "If-Match"),
    "import_id": ("导入编号", "import"),
    "include_withdrawn": ("包括已撤回的", "withdrawn ones, too"),
    "industries": ("产业权重", "weights of industries"),
    "items": ("条目", "items"),
    "judge": ("评分人", "judge"),
    "judging_id": ("盲评编号", "blind grading"),
    "keep": ("保留", "keep"),
    "key_id": ("密钥编号", "key"),
    "lifetime_seconds": ("有效秒数", "seconds of validity"),
    "likely": ("可信线", "line of likely ones"),
    "limit": ("条数", "limit"),
    "listing_id": ("条目编号", "listing"),
    "low": ("下限", "lower bound"),
    "map": ("列的对应", "mapping"),
    "mapping": ("列的对应", "mapping"),
    "max_entries": ("全园条数", "entries of the park"),
    "max_price": ("金额上限", "price ceiling"),
    "min_maturity": ("最低成熟度", "least maturity"),
    "min_probability": ("概率门槛", "probability threshold"),
    "min_score": ("得分门槛", "score threshold"),
    "name": ("名称", "name"),
    "negotiable": ("面议", "negotiable"),
    "note": ("说明", "note"),
    "noun": ("清单", "list"),
    "number": ("序号", "number"),
    "only_industries": ("只要上列产业", "those industries alone"),
    "only_partners": ("只要合作单位", "partners alone"),
    "original_columns": ("其他列", "original columns"),
    "origins": ("允许的来源", "origins"),
    "overwrite": ("覆盖修改", "overwrite"),
    "parks": ("园区", "parks"),
    "partial": ("只撤销其余", "undo the rest"),
    "partner_weight": ("合作单位权重", "weight of partners"),
    "partners": ("合作单位", "partners"),
    "per_organisation": ("同一单位条数", "entries of an organisation"),
    "person": ("人员", "person"),
    "phone": ("电话", "telephone"),
    "planned_on": ("计划日期", "planned day"),
    "possible": ("待看线", "line of possible ones"),
    "profile": ("园区规则", "the park's rules"),
    "q": ("搜索文字", "search"),
    "reason": ("原因", "reason"),
    "regions": ("地区", "regions"),
    "renames": ("改名的处理", "renamed items"),
    "role": ("角色", "role"),
    "row_id": ("行的编号", "row"),
    "rows": ("行", "rows"),
    "scoring_id": ("评分方案编号", "scoring"),
    "seed": ("随机种子", "seed"),
    "side": ("哪一方", "side"),
    "since": ("比较的起点", "start of the comparison"),
    "source": ("来源", "source"),
    "strict": ("未写明的也排除", "strict"),
    "subject": ("密钥所属的人或单位", "whose key it is"),
    "text": ("文字", "text"),
    "to": ("接收人", "who takes over"),
    "token": ("登录令牌", "token"),
    "token_id": ("嵌入令牌编号", "embed token"),
    "top_k": ("条数", "number of matches"),
    "unmask": ("显示联系方式", "unmask"),
    "url": ("网址", "address"),
    "work": ("只看在办", "work alone"),
}

NAMES: Mapping[str, Words] = {
    **_OF_REQUESTS,
    **{key: (column.zh, column.en) for key, column in BY_KEY.items()},
    **{name: words for side in Side for name, words in list_fields(side).items()},
}
"""Field → what it is called in Chinese and in English."""


def field_words(name: str) -> Words:
    """What a field is called; one that nobody knows is quoted as it was written."""
    return NAMES.get(name) or (f"“{name[:_QUOTED]}”", f"“{name[:_QUOTED]}”")


def path_words(path: Sequence[str | int]) -> Words:
    """What a field within others is called: names of fields, and places in lists, counted from 0."""
    steps = [_item(step) if isinstance(step, int) else field_words(step) for step in path]
    return "的".join(zh for zh, _ in steps), ", ".join(en for _, en in steps)


def choice_words(names: Iterable[str]) -> str:
    """Fields to choose from, in Chinese, each with what has to be written for it."""
    return "、".join(f"{field_words(name)[0]}（{name}）" for name in names)


def _item(place: int) -> Words:
    return f"第 {place + 1} 项", f"item {place + 1}"


_QUOTED = 40
"""Characters of an unknown name that are quoted."""
