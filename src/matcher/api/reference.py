"""The reference of the API as one page, made from the OpenAPI document; it loads nothing from elsewhere."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_METHODS = ("get", "post", "put", "patch", "delete")


def render(document: Mapping[str, Any]) -> str:
    """The page: every operation with its parameters and examples, by tag."""
    info = document["info"]
    return "\n".join(
        (
            '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">',
            f"<title>{escape(info['title'])} · API</title>",
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<link rel="stylesheet" href="static/reference.css"></head><body><main>',
            f"<h1>{escape(info['title'])} <small>{escape(info['version'])}</small></h1>",
            *(f"<p>{escape(line)}</p>" for line in info["description"].split("\n") if line),
            '<p><a href="openapi.json">openapi.json</a></p>',
            *_sections(document),
            "</main></body></html>",
        )
    )


def _sections(document: Mapping[str, Any]) -> Iterator[str]:
    operations = [
        (path, method, item[method])
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item
    ]
    for tag in document["tags"]:
        yield f'<section id="{tag["name"]}"><h2>{escape(tag["description"])}</h2>'
        for path, method, operation in operations:
            if operation["tags"] == [tag["name"]]:
                yield from _operation(document, path, method, operation)
        yield "</section>"


def _operation(
    document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]
) -> Iterator[str]:
    name = escape(operation["operationId"])
    summary = escape(operation["summary"])
    yield f'<article id="{name}"><h3><code>{method.upper()} {escape(path)}</code> {summary}</h3>'
    yield f"<p>{escape(operation.get('description', ''))}</p>"
    parameters = operation.get("parameters", [])
    if parameters:
        yield "<table><thead><tr><th>参数</th><th>位置</th><th>说明</th></tr></thead><tbody>"
        for parameter in parameters:
            needed = "（必填）" if parameter.get("required") else ""
            cells = (f"{parameter['name']}{needed}", parameter["in"], parameter.get("description", ""))
            yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
        yield "</tbody></table>"
    yield from _examples(document, "请求 · request", operation.get("requestBody", {}))
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            yield from _examples(document, f"回答 · {status}", answer)
    refusals = [status for status in operation["responses"] if not status.startswith("2")]
    if refusals:
        yield f"<p>错误 · problems: {', '.join(refusals)}</p>"
    yield "</article>"


def _examples(document: Mapping[str, Any], title: str, body: Mapping[str, Any]) -> Iterator[str]:
    for content in body.get("content", {}).values():
        name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        schema = document["components"]["schemas"].get(name, {})
        for example in schema.get("examples", []):
            text = json.dumps(example, ensure_ascii=False, indent=2)
            yield f"<h4>{escape(title)}</h4><pre>{escape(text)}</pre>"
