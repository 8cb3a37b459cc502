"""Achievements that one change would have proposed: `matcher ledger near-misses`."""

from typing import Annotated

import typer

from matcher.cli.output import print_json, print_table, say
from matcher.cli.session import AsJson, opened
from matcher.domain.access import LOCAL_OPERATOR
from matcher.domain.errors import InvalidInput
from matcher.pipeline.matches.near_misses import demand_near_misses, park_near_misses

_MISS = {
    "demand_code": "需求编号",
    "demand_title": "需求",
    "place": "次序",
    "achievement_title": "差一点的成果",
    "achievement_organisation": "单位",
    "score": "得分",
    "change_zh": "怎样改变",
}


def near_misses(
    demand: Annotated[int | None, typer.Option(min=1, help="Of this demand.", metavar="ID")] = None,
    park: Annotated[str | None, typer.Option(help="Of all demands of this park.", metavar="CODE")] = None,
    as_json: AsJson = False,
) -> None:
    """List achievements that one change of one stated field would propose, and which change."""
    if (demand is None) == (park is None):
        raise InvalidInput(
            "请给出 --demand 或 --park 之一。", "give either --demand or --park.", field="demand"
        )
    with opened() as service:
        if demand is not None:
            listed = demand_near_misses(service.database, LOCAL_OPERATOR, demand, service.now())
        else:
            assert park is not None
            listed = park_near_misses(service.database, LOCAL_OPERATOR, park, service.now())
    misses = listed.as_json()["items"]
    if as_json:
        print_json(misses)
        return
    print_table(_MISS, misses, right=("place", "score"))
    if not misses:
        say("没有只差一项条件的成果。")
