"""The parks' rules and the demands left without supply: `park profile` and `ledger abstentions`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from matcher.cli.output import out, print_json, print_table, read_bytes, say
from matcher.cli.session import AsJson, opened
from matcher.domain.access import LOCAL_OPERATOR
from matcher.domain.errors import InvalidInput
from matcher.domain.labels import Words
from matcher.pipeline.idempotency import Request
from matcher.pipeline.matches.abstentions import list_abstentions
from matcher.pipeline.rules.answers import ProfileAnswer
from matcher.pipeline.rules.dry_run import DryRunAnswer
from matcher.pipeline.rules.profiles import dry_run_profile, read_profile, save_profile
from matcher.pipeline.rules.stated import profile_from

_RULES = {
    "industries": "产业权重",
    "only_industries": "只要上列产业",
    "partners": "合作单位",
    "partner_weight": "合作单位权重",
    "only_partners": "只要合作单位",
    "excluded_organisations": "排除的单位",
    "min_score": "得分门槛",
    "min_probability": "概率门槛",
    "likely": "可信线（概率）",
    "possible": "待看线（概率）",
    "top_k": "每项需求条数",
    "per_organisation": "同一单位条数",
    "max_entries": "全园条数",
    "exploration": "探索比例",
    "max_price": "金额上限（万元）",
    "min_maturity": "最低成熟度",
    "modes": "合作方式",
    "regions": "地区",
    "strict": "未写明的也排除",
}
_PAIR = {
    "event_label": "变化",
    "demand_code": "需求编号",
    "demand_title": "需求",
    "achievement_code": "成果编号",
    "achievement_title": "成果",
    "causes": "原因",
}
_LEFT = {
    "demand_code": "需求编号",
    "demand_title": "需求",
    "demand_organisation": "企业",
    "reason_label": "原因",
    "nearest_title": "最接近的成果",
    "score": "得分",
    "change": "怎样改变",
}


def profile(
    code: Annotated[str, typer.Argument(help="Code of the park.", metavar="CODE")],
    new: Annotated[
        Path | None, typer.Option("--set", help="Save the rules in this JSON file.", metavar="FILE.json")
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="With --set: show what tonight's ledger would be; save nothing."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show a park's rules (一园一方案), try others, or save them."""
    if dry_run and new is None:
        raise InvalidInput(
            "--dry-run 须与 --set 一起使用。", "--dry-run goes with --set FILE.", field="dry_run"
        )
    stated = None if new is None else profile_from(_read(new))
    answer: ProfileAnswer | DryRunAnswer
    with opened() as service:
        if stated is None:
            answer = read_profile(service.database, LOCAL_OPERATOR, code)
        elif dry_run:
            answer = dry_run_profile(service.refresh, LOCAL_OPERATOR, code, stated)
        else:
            request = Request(LOCAL_OPERATOR, service.now(), "cli")
            answer = save_profile(service.database, request, code, stated)
    if as_json:
        print_json(answer.as_json())
    elif isinstance(answer, DryRunAnswer):
        _print_difference(answer)
    else:
        _print_profile(answer)


def abstentions(
    park: Annotated[str | None, typer.Option(help="Only this park's demands.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the demands without a credible supply, for open challenges (揭榜)."""
    with opened() as service:
        page = list_abstentions(service.database, LOCAL_OPERATOR, service.now(), park=park)
    items = page.as_json()["items"]
    if as_json:
        print_json(items)
        return
    print_table({"park": "园区", **_LEFT}, [_left(abstention) for abstention in items], right=("score",))
    if not items:
        say("每项有效需求都有匹配。")


def _read(path: Path) -> Any:
    content = read_bytes(path)
    try:
        return json.loads(content.decode("utf-8-sig"))
    except ValueError as error:
        zh, en = _unreadable(error)
        raise InvalidInput(
            f"无法读取 {path}：须为 UTF-8 的 JSON 文件{zh}。",
            f"cannot read {path}: it must be a JSON file in UTF-8{en}.",
            field="set",
        ) from error


def _unreadable(error: ValueError) -> Words:
    """Where it is no JSON, for whoever has the file open."""
    if not isinstance(error, json.JSONDecodeError):
        return "", ""
    line, column = error.lineno, error.colno
    return f"（第 {line} 行第 {column} 列有误）", f" ({error.msg}, line {line}, column {column})"


def _print_profile(answer: ProfileAnswer) -> None:
    values = answer.profile.as_json()
    values |= values.pop("constraints")
    rows = [{"rule": name, "name": _RULES[name], "value": _shown(values[name])} for name in _RULES]
    out.print(f"{answer.park}　第 {answer.version} 版")
    print_table({"rule": "规则", "name": "名称", "value": "值"}, rows)


def _shown(value: object) -> object:
    match value:
        case bool():
            return "是" if value else "否"
        case dict():
            return [f"{name} {weight:g}" for name, weight in value.items()] or None
        case list():
            return value or None
        case _:
            return value


def _print_difference(answer: DryRunAnswer) -> None:
    counts = [f"{name} {len(getattr(answer, part))}" for part, name in _PARTS.items()]
    out.print(f"{answer.park}　{'、'.join(counts)}、不变 {answer.kept}（试算，未保存）")
    rows = [
        pair.as_json() | {"causes": pair.causes_zh}
        for pair in (*answer.new, *answer.changed, *answer.vanished)
    ]
    if rows:
        print_table(_PAIR, rows)


_PARTS = {
    "new": "新增",
    "changed": "变化",
    "vanished": "消失",
    "abstentions_now": "现在无可信供给的需求",
    "abstentions_then": "届时无可信供给的需求",
}


def _left(abstention: Mapping[str, Any]) -> dict[str, Any]:
    nearest = abstention["nearest"] or {}
    return {
        **abstention,
        "nearest_title": nearest.get("achievement_title"),
        "score": nearest.get("score"),
        "change": "；".join(text.rstrip("。") for text in abstention["counterfactuals_zh"]),
    }
