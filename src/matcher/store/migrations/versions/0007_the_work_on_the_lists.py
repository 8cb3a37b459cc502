"""The work on the lists: what replaces merged listings, and the columns of an imported list."""

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


def downgrade() -> None:
    op.drop_column("import_batch", "columns")
    for table in _LISTED:
        op.drop_column(table, "replaced_by")
