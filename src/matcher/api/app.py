"""The application: routes, middleware and what starts and stops with them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from starlette.concurrency import run_in_threadpool

from matcher.api import (
    abstentions,
    brief,
    due,
    embed,
    entries,
    errors,
    evidence,
    exclusions,
    explanations,
    grades,
    health,
    import_profiles,
    imports,
    judgings,
    keys,
    ledger,
    match,
    near_misses,
    openapi,
    pages,
    parks,
    rules,
    runs,
    scorings,
    session,
    sheets,
)
from matcher.api.exported import Exports
from matcher.api.list_kinds import ACHIEVEMENTS, DEMANDS
from matcher.api.listing_history import history_router
from matcher.api.listing_sets import listing_set_router
from matcher.api.listings import listing_router
from matcher.api.metrics import LedgerCollector, RequestMetrics
from matcher.api.middleware import HeadAnswered, LimitedBody, Observed, ResponseHeaders
from matcher.api.proxied import BehindProxy
from matcher.api.writes import KEPT_BYTES, KeptAnswers
from matcher.bootstrap import Service
from matcher.logs import log_to_stderr
from matcher.pipeline.nights.runs import ledger_state

# A request is compared with one route after another: what is asked for most comes first. Addresses such as
# /v1/ledger/due come before /v1/ledger/{entry_id}.
_FIRST = (health, due, exclusions, sheets, ledger, entries)
_NOUNS = (
    parks,
    rules,
    abstentions,
    near_misses,
    brief,
    imports,
    import_profiles,
    match,
    explanations,
    evidence,
    grades,
    scorings,
    judgings,
    runs,
    keys,
    session,
    embed,
)


def create_app(service: Service) -> FastAPI:
    """The application over one installation; while it runs, changed lists are matched by day."""
    app = FastAPI(lifespan=_lifespan, docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    app.state.service = service
    app.state.metrics = RequestMetrics()
    app.state.metrics.registry.register(LedgerCollector(lambda: ledger_state(service.database)))
    app.state.answers = KeptAnswers(KEPT_BYTES)
    app.state.exports = Exports()
    app.state.runs = runs.RunStarter(service)
    errors.install(app)
    _add(app, *(module.router for module in _FIRST))
    for kind in (DEMANDS, ACHIEVEMENTS):
        _add(
            app,
            imports.import_router(kind),
            listing_set_router(kind),
            history_router(kind),
            listing_router(kind),
        )
    _add(app, *(module.router for module in _NOUNS))
    pages.install(app)
    openapi.install(app)
    app.add_middleware(LimitedBody, max_upload=service.settings.max_upload_mb * 1_000_000)
    app.add_middleware(HeadAnswered)
    app.add_middleware(Observed, metrics=app.state.metrics)
    app.add_middleware(ResponseHeaders)
    settings = service.settings
    app.add_middleware(BehindProxy, prefix=settings.root_path, proxies=settings.proxy_networks)
    return app


def _add(app: FastAPI, *routers: APIRouter) -> None:
    """Add routers' routes as they are: `include_router` tries a router's every route inside three more calls,
    which for the last of 25 took longer than the answer (0.3 of 0.5 ms)."""
    for router in routers:
        app.router.routes.extend(router.routes)


def from_environment() -> FastAPI:
    """The application over the installation that `MATCHER_*` describes, its log on standard error.

    Raises:
        StoreError: the database cannot be reached or needs an upgrade.
    """
    log_to_stderr()
    return create_app(Service.from_environment())


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    watcher = await run_in_threadpool(lambda: service.watcher)
    if watcher is not None:
        watcher.start()
    yield
    if watcher is not None:
        await run_in_threadpool(watcher.stop)
    await run_in_threadpool(app.state.runs.stop)
