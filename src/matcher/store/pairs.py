"""What the two sides of a pair are called, as the fields of a `NamedPair`."""

from typing import Any

from matcher.store.tables import AchievementRow, DemandRow


def names_of(demand: DemandRow, achievement: AchievementRow, park_code: str) -> dict[str, Any]:
    """The fields of a `NamedPair`, for what is built on one."""
    return {
        "park_code": park_code,
        "demand_id": demand.id,
        "demand_code": demand.code,
        "demand_title": demand.title,
        "demand_organisation": demand.organisation,
        "achievement_id": achievement.id,
        "achievement_code": achievement.code,
        "achievement_title": achievement.title,
        "achievement_organisation": achievement.organisation,
    }
