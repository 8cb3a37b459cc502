"""Learn: from a park's grades, or a folder of judged pairs, to a scoring that is kept and may be put to use.

A park learns from its own grades alone, and for itself alone; what the whole installation is scored by is
learned from folders only, so that no park's grades move another park's results.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from matcher.domain.access import Right
from matcher.domain.errors import Conflict
from matcher.domain.scoring import DEFAULT_SCORER, Scorer
from matcher.learning.collections import read_collection
from matcher.learning.figures import Measuring
from matcher.learning.graded import Graded
from matcher.learning.judging import Learned, learn
from matcher.pipeline.idempotency import Request, done_before, done_once
from matcher.pipeline.lists.parks import get_park
from matcher.pipeline.nights.encoders import EncoderInUse
from matcher.pipeline.nights.vectors import vectors_of
from matcher.pipeline.scoring.answers import LearnedAnswer
from matcher.pipeline.scoring.park_grades import grades_of_park
from matcher.pipeline.scoring.scorings import answers_of, put_to_use
from matcher.ports import BuildChannels, Progress, Reranker, silent
from matcher.store import scorings
from matcher.store.database import Database, Transaction
from matcher.store.scorings import NewScoring

LEDGER = "ledger"
"""The source of what was learned from a park's own grades; a folder is named by its name."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is learned from, for a park or (None) the installation; `adopt` puts what is better to use."""

    park_id: int | None
    name: str
    adopt: bool


@dataclass(frozen=True, slots=True)
class Learn:
    """The use case with what it works on: what is scored with now is what has to be surpassed.

    `shipped` is what scores where nothing learned is in use.
    """

    database: Database
    encoder_in_use: EncoderInUse
    build_channels: BuildChannels
    shipped: Scorer = DEFAULT_SCORER
    reranker: Reranker | None = None

    def from_ledger(
        self, request: Request, park: str, *, adopt: bool, progress: Progress = silent
    ) -> LearnedAnswer:
        """Learn for a park from its own grades, and with `adopt` put it to use where it is better.

        Raises:
            NotFound: the park is not in scope.
            Forbidden: the caller does not run the park.
            InvalidInput: its grades cannot teach anything yet.
            Conflict: something else was put to use meanwhile, or the Idempotency-Key stood for another
                request.
        """
        request.principal.require(Right.RUN_PARK)
        park_id = get_park(self.database, park, request.principal.scope).id
        before = done_before(self.database, request, LearnedAnswer)
        if before is not None:
            return before
        with self.database.reading() as session:
            current = self._scorer(session, park_id)
            grades = grades_of_park(session, park_id)
        graded = self._measuring(keep=True).of_ledger(grades, progress)
        return self._learned(request, Source(park_id, LEDGER, adopt), current, graded, progress)

    def from_folder(
        self, request: Request, directory: Path, *, adopt: bool, progress: Progress = silent
    ) -> LearnedAnswer:
        """Learn for the whole installation from a folder in BEIR layout; its texts are not kept.

        Raises:
            Forbidden: the caller does not administer the installation.
            InvalidInput: the folder cannot be read, or its grades cannot teach anything.
            Conflict: as `from_ledger`.
        """
        request.principal.require(Right.ADMINISTER)
        collection = read_collection(directory)
        with self.database.reading() as session:
            current = self._scorer(session, None)
        graded = self._measuring(keep=False).of_collection(collection, progress)
        source = Source(None, directory.resolve().name, adopt)
        return self._learned(request, source, current, graded, progress)

    def _scorer(self, session: Transaction, park_id: int | None) -> Scorer:
        return scorings.in_use(session, self.shipped).of(park_id)

    def _measuring(self, *, keep: bool) -> Measuring:
        vectors = partial(vectors_of, self.database, self.encoder_in_use(), keep=keep)
        return Measuring(vectors, self.build_channels, self.reranker)

    def _learned(
        self,
        request: Request,
        source: Source,
        current: Scorer,
        graded: Sequence[Graded],
        progress: Progress,
    ) -> LearnedAnswer:
        """Learn, keep what was learned, and put it to use where that is wanted and it is better."""
        learned = learn(graded, current, progress)

        def write(session: Transaction) -> LearnedAnswer:
            scoring = scorings.add(session, _scoring(request, source, learned, current))
            adopted = source.adopt and learned.better
            if adopted:
                if self._scorer(session, source.park_id) != current:
                    raise Conflict(
                        "学习期间已启用了另一评分方案；请重新学习。",
                        "another scoring was put to use meanwhile: learn again.",
                    )
                put_to_use(session, request, source.park_id, scoring.id)
            [answer] = answers_of(session, request.principal.scope, [scoring])
            return LearnedAnswer(**dict(answer), adopted=adopted)

        return done_once(self.database, request, LearnedAnswer, write)


def _scoring(request: Request, source: Source, learned: Learned, current: Scorer) -> NewScoring:
    """The scoring to keep of what was learned; weights of 0 are left out."""
    zh, en = learned.why
    judged = {name: dict(figures) for name, figures in learned.evaluation.items()}
    return NewScoring(
        park_id=source.park_id,
        source=source.name,
        weights={name: weight for name, weight in learned.weights.items() if weight},
        calibration=learned.calibration,
        learned_from=learned.counts,
        evaluation={
            **judged,
            "against": current.version,
            "better": learned.better,
            "why_zh": zh,
            "why_en": en,
        },
        at=request.now,
        actor=request.principal.name,
    )
