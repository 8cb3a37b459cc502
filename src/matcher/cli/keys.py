"""API keys: `matcher keys`."""

from typing import Annotated

import typer

from matcher.cli.output import beijing, out, print_json, print_table, say
from matcher.cli.session import AsJson, opened
from matcher.domain.access import Role
from matcher.domain.entries import MAX_ID
from matcher.pipeline import access

app = typer.Typer(help="API keys.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Option(help="What the key is for.")],
    role: Annotated[Role, typer.Option(help="What it may do.")] = Role.READER,
    park: Annotated[
        list[str] | None,
        typer.Option(
            help="A park it may see; repeat for more. Every park if left out; none for a research unit."
        ),
    ] = None,
    subject: Annotated[
        str, typer.Option(help="Whose it is: the technology manager's name, or the research unit's.")
    ] = "",
    expires_in_days: Annotated[
        int | None,
        typer.Option(min=1, max=access.MAX_DAYS, help="Days until it expires; never if left out."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key. Its credential is shown this once."""
    with opened() as service:
        issued = access.create_key(
            service.database,
            name=name,
            role=role,
            park_codes=park or None,
            now=service.now(),
            expires_in_days=expires_in_days,
            subject=subject,
        )
    if as_json:
        print_json(issued.as_json())
        return
    out.print(issued.key)
    say("请立即保存：密钥只显示这一次。")


@app.command("list")
def list_keys(as_json: AsJson = False) -> None:
    """List the keys, without their secrets."""
    with opened() as service:
        keys = access.list_keys(service.database).as_json()["items"]
    if as_json:
        print_json(keys)
        return
    columns = {
        "id": "编号",
        "name": "名称",
        "prefix": "前缀",
        "role_label": "角色",
        "parks": "园区",
        "subject": "本人/本单位",
        "expires_at": "到期",
        "last_used_at": "最近使用",
        "revoked_at": "撤销",
    }
    moments = ("expires_at", "last_used_at", "revoked_at")
    rows = [
        key
        | {"parks": "全部" if key["parks"] is None else key["parks"]}
        | {name: beijing(key[name]) for name in moments}
        for key in keys
    ]
    print_table(columns, rows)


@app.command()
def revoke(
    key_id: Annotated[int, typer.Argument(help="The key's number.", metavar="ID", min=1, max=MAX_ID)],
) -> None:
    """Revoke a key; it stops working with the next request."""
    with opened() as service:
        access.revoke_key(service.database, key_id, service.now())
    say(f"密钥 {key_id} 已撤销。")
