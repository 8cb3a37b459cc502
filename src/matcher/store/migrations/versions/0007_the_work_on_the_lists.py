"""The work on the lists: what replaces merged listings; an imported list's columns and rejected rows."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_LISTED = ("achievement", "demand", "achievement_revision", "demand_revision")


def upgrade() -> None:
    for table in _LISTED:
        op.add_column(table, sa.Column("replaced_by", sa.Integer(), nullable=True))
    op.add_column("import_batch", sa.Column("columns", sa.JSON(), nullable=True))
    op.create_table(
        "rejected_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("park_id", sa.Integer(), nullable=True),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["import_batch.id"], name=op.f("fk_rejected_row_import_id")),
        sa.ForeignKeyConstraint(["park_id"], ["park.id"], name=op.f("fk_rejected_row_park_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_row")),
    )
    op.create_index(op.f("ix_rejected_row_import_id"), "rejected_row", ["import_id"], unique=False)
    op.create_index(op.f("ix_rejected_row_park_id"), "rejected_row", ["park_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_rejected_row_park_id"), table_name="rejected_row")
    op.drop_index(op.f("ix_rejected_row_import_id"), table_name="rejected_row")
    op.drop_table("rejected_row")
    op.drop_column("import_batch", "columns")
    for table in _LISTED:
        op.drop_column(table, "replaced_by")
