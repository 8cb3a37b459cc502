"""What browsers load: the console, the widget's script, their static files and the reference of the API."""

from pathlib import Path

from fastapi import FastAPI, Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from matcher.api.console_codes import codes_script
from matcher.api.reference import render

WEB = Path(__file__).parents[1] / "web"

_WIDGET_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=300",
}


def install(app: FastAPI) -> None:
    """Serve the pages."""
    app.add_api_route("/", _console, include_in_schema=False)
    app.add_api_route("/docs", _reference, include_in_schema=False)
    app.add_api_route("/embed/matcher-results.js", _widget, include_in_schema=False)
    app.add_api_route("/static/console/codes.js", _codes, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=WEB), name="static")


def _console() -> Response:
    return FileResponse(WEB / "console" / "index.html", headers={"Cache-Control": "no-cache"})


def _codes() -> Response:
    return Response(codes_script(), media_type="text/javascript", headers={"Cache-Control": "no-cache"})


def _widget() -> Response:
    return FileResponse(
        WEB / "embed" / "matcher-results.js", media_type="text/javascript", headers=_WIDGET_HEADERS
    )


def _reference(request: Request) -> Response:
    return HTMLResponse(render(request.app.openapi()))
