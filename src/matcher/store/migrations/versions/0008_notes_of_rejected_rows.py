"""Rejected rows keep what their file says beside its table: the unit of money, the legend of maturity."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rejected_row", sa.Column("notes", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("rejected_row", "notes")
