"""What the browser tests look at: an installation served on a port of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import uvicorn

from matcher.api.app import create_app
from matcher.bootstrap import Service
from matcher.pipeline.access import issue_login

SEED = Path(__file__).parents[2] / "data" / "seed"

MARKUP = '<img src=x onerror="window.intruded=1"><b>钒钛磁铁矿选矿尾渣</b>'
"""A title that would run a script if it were ever read as markup."""


@dataclass(frozen=True)
class Site:
    """The served installation and the listings that only these tests need."""

    service: Service
    address: str
    markup_demand: int
    brief_demand: int

    def login_link(self) -> str:
        return f"{self.address}/#login={issue_login(self.service.database, self.service.now())}"


@contextmanager
def served(service: Service) -> Iterator[str]:
    """The address of `service`, served on a free port by a thread."""
    config = uvicorn.Config(create_app(service), port=0, log_level="error", ws="none")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.02)
        assert thread.is_alive(), "the service did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
