"""The command tree and the exit codes."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

from matcher import __version__
from matcher.cli.output import out, say, say_error
from matcher.cli.tree import group_of
from matcher.cli.usage import usage_error
from matcher.domain.errors import (
    ClusterAway,
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
    ClusterAway: 6,
}
"""What a failed command ends with; 1 is any failure that is not listed."""

_COMMANDS = {
    "refresh": "matcher.cli.ledger:refresh",
    "match": "matcher.cli.ledger:match",
    "learn": "matcher.cli.learn:learn",
    "remind": "matcher.cli.brief:remind",
    "erase-person": "matcher.cli.sheets:erase_person",
    "serve": "matcher.cli.serve:serve",
    "evaluate": "matcher.cli.evaluate:evaluate_directory",
    "park": "matcher.cli.lists:park_app",
    "import": "matcher.cli.lists:import_app",
    "listings": "matcher.cli.listings:app",
    "ledger": "matcher.cli.ledger:app",
    "scorings": "matcher.cli.learn:app",
    "judge": "matcher.cli.judge:app",
    "keys": "matcher.cli.keys:app",
    "encoder": "matcher.cli.encoders:app",
    "db": "matcher.cli.database:app",
}

app = typer.Typer(
    cls=group_of(_COMMANDS),
    help="科技成果与企业需求匹配及对接台账 · Supply–demand matching and the docking ledger.",
    epilog="Exit codes: 0 done; 1 unexpected failure; 2 wrong usage or input; 3 not found; 4 conflict or not "
    "allowed; 5 another refresh is running; 6 database, model or cluster unavailable; 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", is_eager=True, help="Print the version.")] = False,
) -> None:
    """科技成果与企业需求匹配及对接台账 · Supply–demand matching and the docking ledger."""
    if show:
        out.print(__version__)
        raise typer.Exit


def main() -> None:
    """Run the command line and end with its exit code."""
    try:
        _require_characters(sys.argv[1:])
        ended = app(prog_name="matcher", standalone_mode=False)
    except MatcherError as error:
        say_error(error)
        ended = next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1)
    except TyperException as error:
        ended = _refused(error)
    except typer.Abort:
        say("已中止。\naborted.")
        ended = 1
    except KeyboardInterrupt:
        say("已中断。\ninterrupted.")
        ended = 130
    sys.exit(ended or 0)


def _refused(error: TyperException) -> int:
    """Say what is wrong with the command; a group without a command shows its help."""
    if type(error).__name__ == "NoArgsIsHelpError":
        say(error.message)
    else:
        context = getattr(error, "ctx", None)
        if context is not None:
            say(context.get_usage())
        say_error(usage_error(error))
    return error.exit_code


def _require_characters(arguments: Sequence[str]) -> None:
    """Refuse bytes that are no text in the terminal's encoding, which Python hands on as surrogates."""
    for argument in arguments:
        if not argument.isascii() and any("\ud800" <= sign <= "\udfff" for sign in argument):
            shown = argument.encode(errors="replace").decode()
            raise InvalidInput(
                f"参数“{shown}”不是有效的文字；请检查终端的编码（应为 UTF-8）。",
                f"the argument {shown!r} is no text: check the terminal's encoding, which should be UTF-8.",
            )
