"""Scoring that learns: scorings and which is in use, the encoder in use, exploration, repeats."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_EXPLORED = ("ledger_entry", "entry_state", "feed_entry", "grade")


def upgrade() -> None:
    op.create_table(
        "scoring",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("calibration", sa.JSON(), nullable=False),
        sa.Column("learned_from", sa.JSON(), nullable=False),
        sa.Column("evaluation", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_scoring_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoring")),
    )
    op.create_index(op.f("ix_scoring_park_id"), "scoring", ["park_id"], unique=False)
    op.create_table(
        "scoring_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=True),
        sa.Column("scoring_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_scoring_choice_park_id")),
        sa.ForeignKeyConstraint(["scoring_id"], ["scoring.id"], name=op.f("fk_scoring_choice_scoring_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoring_choice")),
    )
    op.create_index(op.f("ix_scoring_choice_park_id"), "scoring_choice", ["park_id"], unique=False)
    op.create_table(
        "encoder_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=True),
        sa.Column("encoder_id", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_encoder_choice")),
    )
    op.create_table(
        "repeat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=16), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_repeat_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repeat")),
        sa.UniqueConstraint("side", "listing_id", name=op.f("uq_repeat_side_listing_id")),
    )
    op.create_index(op.f("ix_repeat_first_id"), "repeat", ["first_id"], unique=False)
    op.create_index(op.f("ix_repeat_park_id"), "repeat", ["park_id"], unique=False)

    for table in _EXPLORED:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(
                sa.Column("explored", sa.Boolean(), nullable=False, server_default=sa.false())
            )
    with op.batch_alter_table("run") as batch_op:
        batch_op.add_column(sa.Column("scorers", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    for table in _EXPLORED:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("explored")
    with op.batch_alter_table("run") as batch_op:
        batch_op.drop_column("scorers")
    for table in ("repeat", "encoder_choice", "scoring_choice", "scoring"):
        op.drop_table(table)
