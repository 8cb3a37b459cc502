"""Blind grading: sessions, their texts and pairs, and the grades people gave."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "judging",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("rankers", sa.JSON(), nullable=False),
        sa.Column("encoder_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_judging_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judging")),
    )
    op.create_index(op.f("ix_judging_park_id"), "judging", ["park_id"], unique=False)
    op.create_table(
        "judging_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column("judging_id", sa.Integer(), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_judging_text_park_id")),
        sa.ForeignKeyConstraint(["judging_id"], ["judging.id"], name=op.f("fk_judging_text_judging_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judging_text")),
    )
    op.create_index(op.f("ix_judging_text_park_id"), "judging_text", ["park_id"], unique=False)
    op.create_index(op.f("ix_judging_text_judging_id"), "judging_text", ["judging_id"], unique=False)
    op.create_table(
        "judging_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column("judging_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("demand_text_id", sa.Integer(), nullable=False),
        sa.Column("achievement_text_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_judging_pair_park_id")),
        sa.ForeignKeyConstraint(["judging_id"], ["judging.id"], name=op.f("fk_judging_pair_judging_id")),
        sa.ForeignKeyConstraint(
            ["demand_text_id"], ["judging_text.id"], name=op.f("fk_judging_pair_demand_text_id")
        ),
        sa.ForeignKeyConstraint(
            ["achievement_text_id"], ["judging_text.id"], name=op.f("fk_judging_pair_achievement_text_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judging_pair")),
        sa.UniqueConstraint("judging_id", "number", name=op.f("uq_judging_pair_judging_id_number")),
    )
    op.create_index(op.f("ix_judging_pair_park_id"), "judging_pair", ["park_id"], unique=False)
    op.create_table(
        "judging_grade",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=False),
        sa.Column("pair_id", sa.Integer(), nullable=False),
        sa.Column("judge", sa.Text(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_judging_grade_park_id")),
        sa.ForeignKeyConstraint(["pair_id"], ["judging_pair.id"], name=op.f("fk_judging_grade_pair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judging_grade")),
    )
    op.create_index(op.f("ix_judging_grade_park_id"), "judging_grade", ["park_id"], unique=False)
    op.create_index(op.f("ix_judging_grade_pair_id"), "judging_grade", ["pair_id"], unique=False)


def downgrade() -> None:
    for table in ("judging_grade", "judging_pair", "judging_text", "judging"):
        op.drop_table(table)
