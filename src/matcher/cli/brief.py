"""The morning brief: `matcher ledger brief`, and `matcher remind`, which sends it."""

from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.output import out, print_json, print_table, say, written
from matcher.cli.session import AsJson, opened
from matcher.domain.access import LOCAL_OPERATOR
from matcher.pipeline.brief.contents import make_brief
from matcher.pipeline.brief.delivery import Delivery
from matcher.pipeline.brief.delivery import remind as send_briefs
from matcher.pipeline.brief.shown import brief_text, brief_workbook
from matcher.pipeline.ledger.past.named_runs import read_when


def brief(
    park: Annotated[str, typer.Option(help="Code of the park.")],
    since: Annotated[
        str | None,
        typer.Option(
            help="Compare with this run (number) or with the last run of this day (YYYY-MM-DD); a day back "
            "if left out.",
            metavar="RUN|DATE",
        ),
    ] = None,
    work: Annotated[
        bool, typer.Option("--work", help="Only changes of likely pairs, and of what people touched.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write it as a workbook (.xlsx), too.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What a park has to know this morning: what the night changed, and what is due."""
    when = None if since is None else read_when(since, "since")
    with opened() as service:
        made = make_brief(service.database, LOCAL_OPERATOR, park, service.now(), since=when, work=work)
    if output is not None:
        with written(output) as stream:
            brief_workbook(made, stream)
        say(f"{output}：{made.headline}")
    if as_json:
        print_json(made.as_json())
    elif output is None:
        out.print(brief_text(made), soft_wrap=True)


def remind(
    park: Annotated[str | None, typer.Option(help="Only this park's brief.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would go to whom; send nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Send the morning briefs: once a day by e-mail (MATCHER_REMIND_TO) and webhook (MATCHER_WEBHOOK_URL)."""
    with opened() as service:
        outlets = service.outlets
        deliveries = send_briefs(
            service.database, LOCAL_OPERATOR, outlets, service.now(), park_code=park, dry_run=dry_run
        )
    if not outlets:
        say("未设置 MATCHER_REMIND_TO 或 MATCHER_WEBHOOK_URL：不发送任何晨报。")
    elif not deliveries:
        say("没有要发送的晨报：MATCHER_REMIND_TO 未列出任何园区的收件地址。")
    if as_json:
        print_json([delivery.as_json() for delivery in deliveries])
    else:
        _show(deliveries)
    for delivery in deliveries:
        if delivery.error is not None:
            say(f"错误：{delivery.error_zh}\nerror: {delivery.error}")
    if not all(delivery.whole for delivery in deliveries):
        raise typer.Exit(1)


def _show(deliveries: list[Delivery]) -> None:
    rows = [delivery.as_json() for delivery in deliveries]
    columns = {
        "park": "园区",
        "channel_label": "方式",
        "addresses": "收件方",
        "outcome_label": "结果",
        "refused": "被拒绝的地址",
    }
    if rows:
        print_table(columns, rows)
    told = {row["park"]: row for row in rows if row["text"] is not None}
    for row in told.values():
        out.print(f"\n{row['subject']}\n\n{row['text']}", soft_wrap=True)
