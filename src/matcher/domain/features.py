"""What a score is made of. Each docstring is the public explanation of the contribution of that name.

A figure is what is measured of a pair, at most 1: a float, or an array of them with one place per pair.
What is missing is 0 and never counts as agreement. Two are no features of their own: `wording` is 0 where one
text is Chinese and the other is not, so that their wording cannot be compared and meaning counts for both,
else 1; `substance` is below 1 where a demand is boilerplate or a common word, and likeness to it says little.
The first four are figures of the retrieval channels;
the others are looked at for the best of those alone, and count only where a scorer gives them a weight.
What two listings *state* (`domain.stated`) is a feature of its own name, from -1 (against) to 1 (for).
`feedback` is what people think of other achievements for the same demand; it is added beside the weights.
"""

from collections.abc import Callable, Mapping
from typing import Any

from matcher.domain.stated import STATED, STATED_LABELS

Figures = Mapping[str, Any]
"""Each figure by its name: floats, or arrays of one shape."""


def dense(figures: Figures) -> Any:
    """Both texts mean something alike: the square of their embeddings' cosine, whatever words they use.

    Squared, because a weak resemblance is mostly chance: half the cosine counts a quarter.
    """
    return _squared(figures.get("dense", 0.0))


def dense_title(figures: Figures) -> Any:
    """What the demand is called means something alike to the achievement's text: the squared cosine, too."""
    return _squared(figures.get("dense_title", 0.0))


def lexical_text(figures: Figures) -> Any:
    """Both texts share wording: the cosine of their weighted character 1–3-grams, over the whole texts.

    Texts in different languages share none, which says nothing: there what wording weighs goes to meaning.
    """
    return _positive(figures.get("lexical_text", 0.0))


def lexical_title(figures: Figures) -> Any:
    """Both titles share wording: the same cosine over the titles alone; 0 where a side has no title."""
    return _positive(figures.get("lexical_title", 0.0))


def dense_problems(figures: Figures) -> Any:
    """The problem the demand states means something alike to the achievement's text: the squared cosine."""
    return _squared(figures.get("dense_problems", 0.0))


def dense_targets(figures: Figures) -> Any:
    """The targets the demand states mean something alike to the achievement's text: the squared cosine."""
    return _squared(figures.get("dense_targets", 0.0))


def cross_encoder(figures: Figures) -> Any:
    """A model that reads both texts together finds them to fit; only where one is configured."""
    return figures.get("cross_encoder", 0.0)


def feedback(figures: Figures) -> Any:
    """Like what was graded for the same demand: for where that was good, against where it was poor.

    Taken up, declined or excluded counts where nobody graded. No scorer weighs it and learning never sees it,
    so that grades do not teach themselves.
    """
    return figures.get("feedback", 0.0)


def _stated(name: str) -> Callable[[Figures], Any]:
    def feature(figures: Figures) -> Any:
        return figures.get(name, 0.0)

    feature.__name__, feature.__doc__ = name, STATED[name].__doc__
    return feature


CHANNEL_FEATURES: Mapping[str, Callable[[Figures], Any]] = {
    feature.__name__: feature for feature in (dense, dense_title, lexical_text, lexical_title)
}
"""Features that retrieval gives for every row it looks at."""

MEANING = frozenset({dense.__name__, dense_title.__name__})
WORDING = frozenset({lexical_text.__name__, lexical_title.__name__})

FIELD_FEATURES: Mapping[str, Callable[[Figures], Any]] = {
    feature.__name__: feature for feature in (dense_problems, dense_targets)
}
"""Features of single fields of a demand, whose vectors are compared with the achievement's."""

WEIGHED_FEATURES: Mapping[str, Callable[[Figures], Any]] = {
    **CHANNEL_FEATURES,
    **FIELD_FEATURES,
    cross_encoder.__name__: cross_encoder,
    **{name: _stated(name) for name in STATED},
}
"""Features that a scorer may give a weight, and that learning looks at."""

FEATURES: Mapping[str, Callable[[Figures], Any]] = {**WEIGHED_FEATURES, feedback.__name__: feedback}
"""All that a score may be made of."""

FEATURE_LABELS: Mapping[str, tuple[str, str]] = {
    dense.__name__: ("文意相近", "meaning"),
    dense_title.__name__: ("题名文意相近", "meaning of the title"),
    lexical_text.__name__: ("用词重合", "wording"),
    lexical_title.__name__: ("题名用词重合", "wording of the titles"),
    dense_problems.__name__: ("与拟解决问题相近", "meaning of the problem"),
    dense_targets.__name__: ("与技术指标相近", "meaning of the targets"),
    cross_encoder.__name__: ("模型精读", "reading by a model"),
    **STATED_LABELS,
    feedback.__name__: ("与已评价的成果相近", "like what was graded"),
}
"""What each feature is called, in Chinese and English."""


def _positive(figure: Any) -> Any:
    """max(figure, 0), for floats and arrays alike; exact, for it adds and halves only."""
    return (abs(figure) + figure) / 2


def _squared(cosine: Any) -> Any:
    return _positive(cosine) * _positive(cosine)
