"""Scoring that learns: scorings, encoders, what is in use; exploration, repeats, near misses."""

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

    op.create_table(
        "near_miss",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column("demand_id", sa.Integer(), nullable=False),
        sa.Column("achievement_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("obstacle", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_near_miss_park_id")),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_near_miss_demand_id")),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievement.id"], name=op.f("fk_near_miss_achievement_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_near_miss_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_near_miss")),
        sa.UniqueConstraint(
            "demand_id", "achievement_id", name=op.f("uq_near_miss_demand_id_achievement_id")
        ),
    )
    op.create_index(op.f("ix_near_miss_park_id"), "near_miss", ["park_id"], unique=False)

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
    for table in ("near_miss", "repeat", "encoder_choice", "scoring_choice", "scoring"):
        op.drop_table(table)
