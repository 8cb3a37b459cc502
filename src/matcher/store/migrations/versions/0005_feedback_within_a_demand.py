"""Feedback within a demand: which opinions a run read, and whose moved a pair's score most."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PAIRS = ("ledger_entry", "entry_state", "feed_entry")


def upgrade() -> None:
    for table in _PAIRS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("like_id", sa.Integer(), nullable=True))
            batch_op.add_column(sa.Column("like_opinion", sa.String(length=16), nullable=True))
    with op.batch_alter_table("run") as batch_op:
        batch_op.add_column(sa.Column("opinions_to", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("opinions", sa.String(length=64), nullable=False, server_default=""))


def downgrade() -> None:
    for table in _PAIRS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("like_id")
            batch_op.drop_column("like_opinion")
    with op.batch_alter_table("run") as batch_op:
        batch_op.drop_column("opinions_to")
        batch_op.drop_column("opinions")
