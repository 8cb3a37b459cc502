"""Why one entry was proposed: `matcher ledger why`."""

from collections.abc import Mapping
from typing import Any

from matcher.cli.entries import EntryId
from matcher.cli.output import out, print_json, print_table
from matcher.cli.session import AsJson, opened
from matcher.domain.access import LOCAL_OPERATOR
from matcher.pipeline.ledger.explanations import read_explanation

_OWNERS = {"park": "园区", "demand": "需求"}


def why(entry_id: EntryId, as_json: AsJson = False) -> None:
    """Say why one entry was proposed, and how it stands to the rules of today."""
    with opened() as service:
        told = read_explanation(service.database, LOCAL_OPERATOR, entry_id).as_json()
    if as_json:
        print_json(told)
        return
    for sentence in told["sentences_zh"]:
        out.print(sentence)
    if told["waterfall"]:
        columns = {"label_zh": "得分的组成", "contribution": "贡献", "cumulative": "累计"}
        print_table(columns, told["waterfall"], right=("contribution", "cumulative"))
    columns = {"label_zh": "写明的内容", "verdict_zh": "结论", "demand": "需求", "achievement": "成果"}
    print_table(columns, [_with_dashes(fact) for fact in told["stated"]])
    if told["constraints"]:
        rows = [_with_dashes({**rule, "of": _OWNERS[rule["of"]]}) for rule in told["constraints"]]
        columns = {
            "label_zh": "硬性条件",
            "of": "出自",
            "verdict_zh": "结论",
            "wanted": "要求",
            "stated": "成果",
        }
        print_table(columns, rows)


def _with_dashes(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with what is unsaid as a dash."""
    return {name: None if value == "" else value for name, value in row.items()}
