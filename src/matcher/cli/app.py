"""The command tree and the exit codes."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, get_args

import typer

from matcher import __version__
from matcher.bootstrap import Service
from matcher.cli import (
    brief,
    encoders,
    keys,
    learn,
    ledger,
    lists,
    near_misses,
    rules,
    serve,
    sheets,
    why,
    work,
)
from matcher.cli.output import out, print_json, print_table, progress, say, say_error
from matcher.cli.session import AsJson, opened
from matcher.domain.errors import (
    Conflict,
    EncoderError,
    Forbidden,
    IllegalMove,
    InvalidInput,
    MatcherError,
    NotFound,
    RefreshRunning,
    StoreError,
    Unauthorized,
)
from matcher.pipeline.evaluate import Channel, Lesson, evaluate

EXIT_CODES: dict[type[MatcherError], int] = {
    InvalidInput: 2,
    NotFound: 3,
    Conflict: 4,
    Forbidden: 4,
    IllegalMove: 4,
    Unauthorized: 4,
    RefreshRunning: 5,
    EncoderError: 6,
    StoreError: 6,
}
"""What a failed command ends with; 1 is any failure that is not listed."""

app = typer.Typer(
    help="科技成果与企业需求匹配及对接台账 · Supply–demand matching and the docking ledger.",
    epilog="Exit codes: 0 done; 1 unexpected failure; 2 wrong usage or input; 3 not found; 4 conflict or not "
    "allowed; 5 another refresh is running; 6 database or model unavailable; 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
database_app = typer.Typer(help="The database's schema.", no_args_is_help=True)
lists.park_app.command("profile")(rules.profile)
app.add_typer(lists.park_app, name="park")
app.add_typer(lists.import_app, name="import")
ledger.app.add_typer(work.app)
ledger.app.command("brief")(brief.brief)
ledger.app.command("abstentions")(rules.abstentions)
ledger.app.command("near-misses")(near_misses.near_misses)
ledger.app.command("why")(why.why)
app.add_typer(ledger.app, name="ledger")
app.add_typer(learn.app, name="scorings")
app.add_typer(keys.app, name="keys")
app.add_typer(encoders.app, name="encoder")
app.add_typer(database_app, name="db")
app.command()(ledger.refresh)
app.command()(ledger.match)
app.command()(learn.learn)
app.command()(brief.remind)
app.command()(sheets.erase_person)
app.command()(serve.serve)


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", is_eager=True, help="Print the version.")] = False,
) -> None:
    """科技成果与企业需求匹配及对接台账 · Supply–demand matching and the docking ledger."""
    if show:
        out.print(__version__)
        raise typer.Exit


@app.command("evaluate")
def evaluate_directory(
    directory: Annotated[Path, typer.Argument(help="Folder in BEIR layout.", metavar="DIR")],
    pooled: Annotated[bool, typer.Option(help="Rank only each query's judged documents.")] = False,
    channel: Annotated[str, typer.Option(help="dense, lexical, fused or reranked.")] = "fused",
    learn_from: Annotated[
        Path | None, typer.Option(help="Rank by what is learned from this folder's grades.", metavar="DIR")
    ] = None,
    folds: Annotated[
        int | None, typer.Option(help="Rank each part of the demands by what the others teach.", metavar="N")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the whole ranking pipeline against human grades."""
    chosen: dict[str, Channel] = {name: name for name in get_args(Channel)}
    if channel not in chosen:
        raise InvalidInput(
            f"没有名为 {channel} 的通道；可选 dense、lexical、fused、reranked。",
            f"there is no channel {channel}: choose dense, lexical, fused or reranked.",
            field="channel",
        )
    lesson = None if learn_from is None and folds is None else Lesson(learn_from, folds)
    service = Service.configured()
    with progress() as report:
        result = evaluate(
            directory,
            service.configured_encoder,
            service.build_channels,
            pooled=pooled,
            channel=chosen[channel],
            reranking=service.reranking if channel == "reranked" else None,
            lesson=lesson,
            progress=report,
        ).as_json()
    if as_json:
        print_json(result)
        return
    averaged = result.pop("averaged_over")
    bins = result.pop("reliability")
    learned = result.pop("learned")
    rows = [
        {"figure": name, "value": value, "over": averaged.get(name, "")} for name, value in result.items()
    ]
    print_table({"figure": "figure", "value": "value", "over": "queries"}, rows, right=("value", "over"))
    if bins:
        columns = {"pairs": "pairs", "predicted": "predicted", "observed": "observed"}
        print_table(columns, bins, right=tuple(columns))
    if learned is not None:
        print_table(
            {"learned": "learned", "value": ""}, [{"learned": k, "value": v} for k, v in learned.items()]
        )


@database_app.command()
def upgrade() -> None:
    """Bring the schema to this program's version; safe to run again."""
    service = Service.configured()
    service.database.upgrade()
    say(f"schema: {service.database.schema_revision()}")
    service.close()


@database_app.command()
def status(as_json: AsJson = False) -> None:
    """Say where the database is and at which schema."""
    with opened() as service:
        state = {
            "url": service.database.address,
            "schema": service.database.schema_revision(),
        }
    print_json(state) if as_json else print_table({"url": "database", "schema": "schema"}, [state])


def main() -> None:
    """Run the command line and end with its exit code."""
    try:
        _require_characters(sys.argv[1:])
        app()
    except MatcherError as error:
        say_error(error)
        sys.exit(next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1))
    except KeyboardInterrupt:
        say("interrupted")
        sys.exit(130)


def _require_characters(arguments: Sequence[str]) -> None:
    """Refuse bytes that are no text in the terminal's encoding, which Python hands on as surrogates."""
    for argument in arguments:
        if not argument.isascii() and any("\ud800" <= sign <= "\udfff" for sign in argument):
            shown = argument.encode(errors="replace").decode()
            raise InvalidInput(
                f"参数“{shown}”不是有效的文字；请检查终端的编码（应为 UTF-8）。",
                f"the argument {shown!r} is no text: check the terminal's encoding, which should be UTF-8.",
            )
