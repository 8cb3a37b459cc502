"""The application: routes, middleware and what starts and stops with them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
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
from matcher.bootstrap import Service
from matcher.logs import log_to_stderr
from matcher.pipeline.nights.runs import ledger_state

# Addresses such as /v1/ledger/due come before /v1/ledger/{entry_id}.
_NOUNS = (
    parks,
    rules,
    abstentions,
    near_misses,
    brief,
    imports,
    import_profiles,
    match,
    due,
    exclusions,
    sheets,
    ledger,
    entries,
    explanations,
    evidence,
    grades,
    scorings,
    judgings,
    runs,
    keys,
    session,
    embed,
    health,
)


def create_app(service: Service) -> FastAPI:
    """The application over one installation; while it runs, changed lists are matched by day."""
    app = FastAPI(lifespan=_lifespan, docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    app.state.service = service
    app.state.metrics = RequestMetrics()
    app.state.metrics.registry.register(LedgerCollector(lambda: ledger_state(service.database)))
    app.state.exports = Exports()
    app.state.runs = runs.RunStarter(service)
    errors.install(app)
    for kind in (ACHIEVEMENTS, DEMANDS):
        app.include_router(imports.import_router(kind))
        app.include_router(listing_set_router(kind))
        app.include_router(history_router(kind))
        app.include_router(listing_router(kind))
    for module in _NOUNS:
        app.include_router(module.router)
    pages.install(app)
    openapi.install(app)
    app.add_middleware(LimitedBody, max_upload=service.settings.max_upload_mb * 1_000_000)
    app.add_middleware(HeadAnswered)
    app.add_middleware(Observed, metrics=app.state.metrics)
    app.add_middleware(ResponseHeaders)
    settings = service.settings
    app.add_middleware(BehindProxy, prefix=settings.root_path, proxies=settings.proxy_networks)
    return app


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
