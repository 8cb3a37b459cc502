"""Indexes that hold the park beside what is asked for: SQLite took the park's whole list instead."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ADDED = {
    "ix_demand_page": ("demand", ["park_id", "id"]),
    "ix_feed_entry_page": ("feed_entry", ["achievement_id", "park_id", "rank"]),
    "ix_human_change_of_entry": ("human_change", ["entry_id", "park_id", "id"]),
    "ix_repeat_side_first_id": ("repeat", ["side", "first_id"]),
}
_REPLACED = {
    "ix_human_change_entry": ("human_change", ["entry_id", "version"]),
    "ix_repeat_first_id": ("repeat", ["first_id"]),
}


def upgrade() -> None:
    for name, (table, columns) in _ADDED.items():
        op.create_index(name, table, columns)
    for name, (table, _) in _REPLACED.items():
        op.drop_index(name, table_name=table)


def downgrade() -> None:
    for name, (table, columns) in _REPLACED.items():
        op.create_index(name, table, columns)
    for name, (table, _) in _ADDED.items():
        op.drop_index(name, table_name=table)
