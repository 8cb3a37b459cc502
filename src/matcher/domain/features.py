"""What a score is made of. Each docstring is the public explanation of the contribution of that name.

A figure is what the channel of the same name gives for a pair, at most 1: a float, or an array of them with
one place per pair. What is missing, or points the other way, is 0 and never counts as agreement.
"""

from collections.abc import Callable, Mapping
from typing import Any

Figures = Mapping[str, Any]
"""Each channel's figure, by the channel's name: floats, or arrays of one shape."""


def dense(figures: Figures) -> Any:
    """Both texts mean something alike: the square of their embeddings' cosine, whatever words they use.

    Squared, because a weak resemblance is mostly chance: half the cosine counts a quarter.
    """
    cosine = _positive(figures.get("dense", 0.0))
    return cosine * cosine


def lexical_text(figures: Figures) -> Any:
    """Both texts share wording: the cosine of their weighted character 1–3-grams, over the whole texts."""
    return _positive(figures.get("lexical_text", 0.0))


def lexical_title(figures: Figures) -> Any:
    """Both titles share wording: the same cosine over the titles alone; 0 where a side has no title."""
    return _positive(figures.get("lexical_title", 0.0))


FEATURES: Mapping[str, Callable[[Figures], Any]] = {
    feature.__name__: feature for feature in (dense, lexical_text, lexical_title)
}


def _positive(figure: Any) -> Any:
    """max(figure, 0), for floats and arrays alike; exact, for it adds and halves only."""
    return (abs(figure) + figure) / 2
