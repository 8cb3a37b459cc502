"""`matcher serve`: bring everything up to date, print how to come in, and serve."""

import errno
import socket
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from matcher.bootstrap import Service
from matcher.cli.output import out, progress, say
from matcher.cli.port_holder import holder_of
from matcher.domain.access import LOCAL_OPERATOR, Role
from matcher.domain.errors import Conflict, RefreshRunning, Unauthorized
from matcher.domain.standings import Trigger
from matcher.domain.system_errors import system_words
from matcher.pipeline import access
from matcher.pipeline.lists.samples import load_samples


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = None,
    samples: Annotated[
        Path | None, typer.Option(help="Folder of sample lists, loaded into an empty database only.")
    ] = None,
    replica: Annotated[
        bool,
        typer.Option(
            "--replica",
            help="One of several on PostgreSQL: serve at once; no migration, no key, no login link.",
        ),
    ] = False,
) -> None:
    """Migrate, match what has changed, and serve the pages and REST."""
    service = Service.configured()
    settings = service.settings
    listening = _listen(host or settings.host, settings.port if port is None else port)
    address = _address(listening) + settings.root_path
    if replica:
        service.database.ensure_schema()
    else:
        _bring_up_to_date(service, samples)
        login = access.issue_login(service.database, service.now())
        _keep_local_key(service)
        out.print(f"打开浏览器（一次性登录链接）：{address}/#login={login}")
    service.close()
    out.print(f"接口文档：{address}/docs · 按 Ctrl+C 停止")
    # From here on everything on standard error is the log, which the application sets up.
    config = uvicorn.Config(
        "matcher.api.app:from_environment",
        factory=True,
        log_config=None,
        log_level="warning",
        access_log=False,
        proxy_headers=False,
    )
    uvicorn.Server(config).run(sockets=[listening])


def _bring_up_to_date(service: Service, samples: Path | None) -> None:
    service.database.upgrade()
    if samples is not None and load_samples(service.database, samples, service.now()):
        say(f"已载入示例清单：{samples}")
    _refresh_if_due(service)


def _listen(host: str, port: int) -> socket.socket:
    """Take the port first, so that a second start fails before it touches anything."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's delay off for named TCP sockets only: without it an answer took 40 ms more.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        holder = holder_of(port) if error.errno == errno.EADDRINUSE else ""
        zh = f"端口由进程 {holder} 占用" if holder else "服务可能已在运行"
        en = f"process {holder} has the port" if holder else "it may be running already"
        why_zh, why_en = system_words(error)
        raise Conflict(
            f"无法监听 {host}:{port}（{why_zh}）；{zh}；可改用其他端口：make serve PORT=8001。",
            f"cannot listen on {host}:{port} ({why_en}): {en}; or choose another port: make serve PORT=8001.",
        ) from error
    return listening


def _address(listening: socket.socket) -> str:
    """Where a browser on this machine finds the service."""
    host, port = listening.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - shown, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _refresh_if_due(service: Service) -> None:
    if not service.refresh.is_due():
        return
    with progress() as report_progress:
        try:
            service.refresh(LOCAL_OPERATOR, Trigger.CHANGE, report_progress)
        except RefreshRunning as error:
            say(error.zh)


def _keep_local_key(service: Service) -> None:
    """Have a key for this machine's scripts in the data folder, for its owner alone to read.

    It never expires and is never printed: what a service prints is kept in logs.
    """
    path = service.settings.data_dir / "local-key"
    try:
        access.authenticate(service.database, path.read_text("utf-8").strip(), service.now())
        path.chmod(0o600)
        return
    except (FileNotFoundError, Unauthorized):
        pass
    # The name tells data folders apart that share one database: none revokes another's key.
    name = f"local scripts {socket.gethostname()}:{service.settings.data_dir.resolve()}"
    for key in access.list_keys(service.database).items:
        if key.name == name and key.revoked_at is None:
            access.revoke_key(service.database, key.id, service.now())
    credential = access.create_key(
        service.database, name=name, role=Role.ADMIN, park_codes=None, now=service.now()
    ).key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(credential + "\n", "utf-8")
