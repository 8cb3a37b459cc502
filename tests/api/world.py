"""A running service on a port of its own, and a small invented district to ask it about."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import reduce
from operator import or_
from typing import Any

import httpx
import uvicorn
from pydantic import BaseModel, TypeAdapter
from sqlalchemy import select

from matcher.api.app import create_app
from matcher.api.schemas.problems import Problem
from matcher.bootstrap import Service
from matcher.domain.access import Role
from matcher.domain.days import beijing_day
from matcher.pipeline.access import create_key
from matcher.pipeline.answers import every_model
from matcher.store.tables import AuditRow

UNDOCUMENTED = {400, 405, 500}
"""Statuses any address may answer with, whatever operation was meant."""


@dataclass
class Server:
    """A service answering real HTTP; every answer is held against the OpenAPI document."""

    service: Service
    url: str
    document: dict[str, Any]
    clients: list[httpx.Client] = field(default_factory=list)
    noticed: Callable[[BaseModel], None] | None = None
    """Is shown every answer that the document describes, as the model it names."""

    def client(self, key: str | None = None, **headers: str) -> httpx.Client:
        """A client with this key, or with no credential at all."""
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        client = httpx.Client(
            base_url=self.url,
            headers=headers,
            timeout=60,
            verify=False,
            event_hooks={"response": [self.check]},
        )
        self.clients.append(client)
        return client

    def key(self, name: str, role: Role, parks: list[str] | None = None, **more: Any) -> str:
        now = self.service.now()
        return create_key(self.service.database, name=name, role=role, park_codes=parks, now=now, **more).key

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        """The operation that serves a request; literal paths before templates, as the router has them."""
        for template in sorted(self.document["paths"], key=lambda one: one.count("{")):
            pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path):
                found: dict[str, Any] | None = self.document["paths"][template].get(method.lower())
                return found
        return None

    def check(self, response: httpx.Response) -> None:
        """The answer is one the document names, of the form it promises, with every header that protects."""
        response.read()
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
        if response.url.path.startswith("/v1"):
            assert response.headers["cache-control"] == "no-store"
        if response.status_code >= 400:
            assert response.headers["content-type"] == "application/problem+json"
            problem = Problem.model_validate_json(response.content)
            assert problem.status == response.status_code
            assert problem.detail_zh != problem.detail_en
            assert "Traceback" not in response.text
        operation = self.operation(response.request.method, response.url.path)
        if operation is None or response.status_code in UNDOCUMENTED:
            return
        described = operation["responses"][str(response.status_code)].get("content", {})
        answered = response.headers.get("content-type", "")
        offered = {kind: content for kind, content in described.items() if answered.startswith(kind)}
        assert offered or not described
        for content in offered.values():
            schema = content.get("schema", {})
            named = [one.get("$ref", "").rpartition("/")[2] for one in schema.get("anyOf", [schema])]
            if models := [model for model in every_model() if model.__name__ in named]:
                answer = TypeAdapter[BaseModel](reduce(or_, models)).validate_json(response.content)
                if self.noticed is not None:
                    self.noticed(answer)


@contextmanager
def serving(service: Service, document: dict[str, Any]) -> Iterator[Server]:
    """Serve until the block ends; `document` is the OpenAPI document to hold the answers against."""
    app = create_app(service)
    config = uvicorn.Config(app, port=0, ws="none", log_level="warning", access_log=False)
    running = uvicorn.Server(config)
    listening = config.bind_socket()
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]})
    thread.start()
    while not running.started and thread.is_alive():
        time.sleep(0.005)
    server = Server(service, f"http://127.0.0.1:{listening.getsockname()[1]}", document)
    try:
        yield server
    finally:
        for client in server.clients:
            client.close()
        running.should_exit = True
        thread.join()
        listening.close()


SUPPLY = (
    {
        "title": "碱性电解水制氢用复合隔膜连续制备技术",
        "code": "CG-1",
        "organisation": "北郊示例理工学院化工系",
        "abstract": "大幅面连续涂布的复合隔膜，耐高温浓碱，面电阻低，气体交叉小，适用于碱性电解槽。",
        "contact": {"name": "示例王老师", "phone": "010-5550-0107", "email": "wang@example.com"},
    },
    {
        "title": "疫苗冷库低扰动分区除霜控制装置",
        "code": "CG-2",
        "organisation": "示例空港物流技术研究所",
        "abstract": "冷库蒸发器分区轮换除霜，库内温升小，年除霜电耗下降。",
    },
    {
        "title": "单克隆抗体亲和层析填料",
        "code": "CG-3",
        "organisation": "示例生物材料研究院",
        "abstract": "耐碱高载量的亲和层析介质，用于单抗捕获纯化。",
    },
    {
        "title": "质子交换膜电解槽膜电极",
        "code": "CG-4",
        "organisation": "示例氢能实验室",
        "abstract": "低铂载量膜电极，电解水制氢电流密度高，内部资料。",
        "confidentiality": "internal",
    },
)

DEMANDS = {
    "jia": (
        {
            "title": "甲方独有的高温浓碱电解槽用低阻隔膜",
            "code": "XQ-1",
            "organisation": "甲方独有（示例）装备有限公司",
            "detail": "电解槽隔膜面电阻高、气体交叉大，需要大幅面、耐浓碱的复合隔膜。",
            "contact": {"name": "示例吴经理", "phone": "13800005555", "email": "wu@example.com"},
            "extra": {"备注": "可致电 13800005555"},
            "released": True,
        },
        {
            "title": "甲方独有的电解水膜电极批量涂布",
            "code": "XQ-2",
            "organisation": "甲方独有（示例）燃电公司",
            "detail": "需要低铂载量的膜电极，用于电解水制氢。",
        },
    ),
    "yi": (
        {
            "title": "乙方单抗捕获层析填料",
            "code": "XQ-1",
            "organisation": "乙方（示例）抗体有限公司",
            "detail": "单抗纯化的亲和介质耐碱性差，需要高载量的国产填料。",
            "released": True,
        },
    ),
}

SECRET = "甲方独有"
"""What only park jia may see."""


@dataclass
class World:
    """Two parks, their lists, a client for each kind of caller, and the ids of what they created."""

    server: Server
    admin: httpx.Client
    jia: httpx.Client
    yi: httpx.Client
    reader: httpx.Client
    achievements: list[int]
    demands: dict[str, list[int]]

    def refresh(self) -> dict[str, Any]:
        """Run the matching now; the counts of the run."""
        from matcher.domain.access import LOCAL_OPERATOR
        from matcher.domain.standings import Trigger

        return self.server.service.refresh(LOCAL_OPERATOR, Trigger.BATCH).as_json()


def populate(server: Server) -> World:
    """Create the district through the API."""
    admin = server.client(server.key("区级管理员", Role.ADMIN))
    for code, name in (("jia", "甲示例园"), ("yi", "乙示例园")):
        created = admin.post("/v1/parks", json={"code": code, "name": name, "industry": "示例"})
        assert created.status_code == 201
    operators = {
        code: server.client(server.key(name, Role.OPERATOR, [code]))
        for code, name in (("jia", f"{SECRET}操作员"), ("yi", "乙园操作员"))
    }
    achievements = [
        admin.post("/v1/achievements", json={**one, "source": "示例清单"}).json()["id"] for one in SUPPLY
    ]
    demands = {
        park: [operators[park].post("/v1/demands", json={**one, "park": park}).json()["id"] for one in listed]
        for park, listed in DEMANDS.items()
    }
    reader = server.client(server.key("乙园只读", Role.READER, ["yi"]))
    return World(server, admin, operators["jia"], operators["yi"], reader, achievements, demands)


def entries(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    """One page of the ledger."""
    items: list[dict[str, Any]] = client.get("/v1/ledger", params=query).json()["items"]
    return items


def address(entry: dict[str, Any]) -> str:
    """Where an entry is."""
    return f"/v1/ledger/{entry['entry_id']}"


def refused(answer: httpx.Response) -> tuple[int, str, str | None]:
    """Status, code and field of a problem."""
    problem = answer.json()
    return answer.status_code, problem["code"], problem["field"]


def day(world: World, days: int) -> str:
    """The Beijing day that many days from now, as it is sent."""
    return (beijing_day(world.server.service.now()) + timedelta(days=days)).isoformat()


def history(client: httpx.Client, entry: dict[str, Any]) -> list[dict[str, Any]]:
    """An entry's history, oldest first."""
    items: list[dict[str, Any]] = client.get(address(entry) + "/history").json()["items"]
    return items


def audited(world: World) -> list[tuple[str, str, str]]:
    """Who did which sensitive act to what, oldest first."""
    with world.server.service.database.reading() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id)).all()
    return [(one.actor, one.act, one.subject) for one in rows]
