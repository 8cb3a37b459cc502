"""What is wrong with a value by pydantic's account, as a sentence in Chinese beside pydantic's own."""

from collections.abc import Mapping
from typing import Any

_CHINESE = {
    "missing": "缺少必填项。",
    "extra_forbidden": "没有这个字段。",
    "string_type": "须为文本。",
    "string_too_short": "至少须有 {min_length} 个字符。",
    "string_too_long": "最多 {max_length} 个字符。",
    "string_pattern_mismatch": "格式不符。",
    "string_unicode": "含有无效字符。",
    "int_type": "须为整数。",
    "int_parsing": "须为整数。",
    "int_from_float": "须为整数。",
    "float_type": "须为数字。",
    "float_parsing": "须为数字。",
    "finite_number": "须为有限的数字。",
    "greater_than": "须大于 {gt}。",
    "greater_than_equal": "不得小于 {ge}。",
    "less_than": "须小于 {lt}。",
    "less_than_equal": "不得大于 {le}。",
    "bool_type": "须为 true 或 false。",
    "bool_parsing": "须为 true 或 false。",
    "enum": "须为以下之一：{expected}。",
    "literal_error": "须为以下之一：{expected}。",
    "list_type": "须为列表。",
    "tuple_type": "须为列表。",
    "dict_type": "须为对象。",
    "model_type": "须为对象。",
    "model_attributes_type": "须为 JSON 对象（Content-Type: application/json）。",
    "too_short": "至少须有 {min_length} 项。",
    "too_long": "最多 {max_length} 项。",
    "date_type": "须为日期（年-月-日）。",
    "date_parsing": "须为日期（年-月-日）。",
    "date_from_datetime_parsing": "须为日期（年-月-日）。",
    "date_from_datetime_inexact": "须为日期（年-月-日）。",
    "datetime_type": "须为带时区的时间（ISO 8601）。",
    "datetime_parsing": "须为带时区的时间（ISO 8601）。",
    "datetime_from_date_parsing": "须为带时区的时间（ISO 8601）。",
    "timezone_aware": "时间须带时区，例如 2026-12-31T00:00:00+08:00。",
    "url_parsing": "不是有效的网址。",
    "url_type": "须为网址。",
    "path_type": "须为路径。",
    "json_invalid": "不是有效的 JSON。",
}
"""pydantic's error type → Chinese sentence, with the names of pydantic's own context.

The types are those of https://docs.pydantic.dev/latest/errors/validation_errors/.
"""


def said_of(error: Mapping[str, Any]) -> str:
    """The Chinese sentence of one of pydantic's errors; a validator of ours has brought its own along."""
    context: Mapping[str, Any] = error.get("ctx", {})
    if "zh" in context:
        return str(context["zh"])
    told = {name: _listed(value) for name, value in context.items()}
    return _CHINESE.get(error["type"], "取值无效。").format(**told)


def _listed(value: object) -> object:
    """pydantic's “'a', 'b' or 'c'” without its English; a bound without the point of a whole number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, str):
        return value
    return value.replace(" or ", ", ").replace(", ", "、").replace("'", "")
