"""What saving a version of anybody's rules has in common: who read which one, and whether it is a new one."""

from matcher.domain.errors import StaleVersion
from matcher.domain.rules import Constraints, ParkProfile
from matcher.store.rule_versions import Saved


def require_version(saved: Saved[ParkProfile] | Saved[Constraints], version: int | None) -> None:
    """Require that the version the caller read, where it is given, is the one that holds.

    Raises:
        StaleVersion: another one was saved meanwhile.
    """
    if version is not None and version != saved.version:
        raise StaleVersion(
            f"规则已被修改为第 {saved.version} 版，您依据的是第 {version} 版；请重新读取后再改。",
            f"the rules are at version {saved.version}, yours is {version}: read them again.",
            field="version",
        )
