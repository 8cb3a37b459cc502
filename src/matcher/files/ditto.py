"""Ditto marks: cells that say what the cell above them says."""

from collections.abc import Sequence

_MARKS = frozenset({"同上", "同前", "同上行", "〃", "″", "〞", '"', "''", "ditto", "do."})


class Above:
    """The last item of a table, which ditto marks in the next one repeat, column by column."""

    def __init__(self) -> None:
        self._texts: Sequence[str] = ()

    def filled(self, texts: Sequence[str]) -> Sequence[str]:
        """The cells of a row with what its ditto marks repeat; a mark below nothing stays as it is."""
        return [
            self._texts[column] or text if _is_ditto(text) and column < len(self._texts) else text
            for column, text in enumerate(texts)
        ]

    def keep(self, texts: Sequence[str]) -> None:
        """Let the next item's marks repeat these cells."""
        self._texts = texts


def _is_ditto(text: str) -> bool:
    return len(text) <= 8 and text.strip().rstrip("。；;").lower() in _MARKS
