"""How the heads of the disclosure detector are weighed together, learnt from writers who were not trained on.

Prints the weights for ``bot.nlu.risk.weigh.RiskThresholds`` and what each alarm would notice, and alarm for nothing,
among held-out writers of the corpus; ``faxiaohu evaluate`` says what holds for those of the test messages.

python -m bench.weigh
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from bot.content.load import load_corpus
from bot.core.intent_types import RiskExample
from bot.core.risk import RiskKind, RiskLevel
from bot.nlu.features import Terms
from bot.nlu.linear import LinearModel
from bot.nlu.normalise import Normaliser
from bot.nlu.risk.terms import Groups, RiskTerms
from bot.nlu.risk.train import ALARMING, RiskCorpus, train_risk
from bot.nlu.risk.weigh import ALARM, ALL, URGENT, RiskThresholds, kind_head
from bot.nlu.segment import Segmenter
from bot.nlu.train import everyday_questions, normalised

ROOT = Path(__file__).parent.parent
FOLDS = 4
#: Each needs as much memory as a training (deploy/RUNBOOK.md).
WORKERS = 2
ALARMS = (-2.5, -2.0, -1.5, -1.25, -1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5)
URGENTS = (-0.6, -0.5, -0.4, -0.3, -0.2, -0.1, 0.0)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Told:
    """A held-out text: its level, None for an everyday question, and what the heads say of it."""

    level: RiskLevel | None
    length: int
    all: float
    kind: float
    urgent: float

    @property
    def row(self) -> list[float]:
        """What the logistic regression is given."""
        steps = [float(self.length < limit) for limit, _ in RiskThresholds().lengths]
        return [self.all, self.kind, math.log1p(self.length), *steps]


def held_out() -> Iterator[Told]:
    """Every example and everyday question, as a model that knows nothing of its writer sees it."""
    with ProcessPoolExecutor(WORKERS) as workers:
        for told in workers.map(_of_fold, range(FOLDS)):
            yield from told


def _of_fold(fold: int) -> list[Told]:
    """The texts of every ``FOLDS``-th writer, by a model of the other writers."""
    corpus = load_corpus(ROOT)
    normaliser = Normaliser(corpus.lexicon)
    terms = RiskTerms(
        Terms(Segmenter(words=corpus.lexicon.words), corpus.lexicon), Groups(corpus.risk.groups, normaliser)
    )
    risky = [(item, item.writer, normaliser("。".join(item.turns))) for item in corpus.risk.examples]
    questions, _ = normalised(corpus, {}, normaliser)
    talks = [text for _, _, text in risky]
    everyday = [(None, item.writer, item.text) for item in everyday_questions(corpus, questions, talks)]
    writers = sorted({writer for _, writer, _ in (*risky, *everyday)})
    held = set(writers[fold::FOLDS])
    kept = [(item, text) for item, writer, text in risky if writer not in held]
    calm = [text for _, writer, text in everyday if writer not in held]
    model = train_risk(RiskCorpus([item for item, _ in kept], [text for _, text in kept], calm), terms)
    assert model is not None
    return [_told(model, terms, item, text) for item, writer, text in (*risky, *everyday) if writer in held]


def _told(model: LinearModel, terms: RiskTerms, item: RiskExample | None, text: str) -> Told:
    said = model.scores(terms(text))

    def alarm(head: str) -> float:
        return float(said[head][model.heads[head].index(ALARM)])

    kind = max(alarm(kind_head(kind)) for kind in RiskKind)
    return Told(item.level if item else None, len(text), alarm(ALL), kind, alarm(URGENT))


def main() -> None:
    """Learn the weights and print them with their curves."""
    told = [item for item in held_out() if item.level is not RiskLevel.CONCERN]
    rows = np.array([item.row for item in told])
    truths = np.array([item.level in ALARMING for item in told])
    machine = LogisticRegression(C=10.0, max_iter=2000).fit(rows, truths)
    names = ("all", "kind", "log_length", *(f"shorter than {limit}" for limit, _ in RiskThresholds().lengths))
    for name, weight in zip((*names, "offset"), (*machine.coef_[0], machine.intercept_[0]), strict=True):
        print(f"{name:16} {weight:7.3f}")
    scores = machine.decision_function(rows)
    _alarms(told, scores)
    _urgents(told)


def _alarms(told: list[Told], scores: Floats) -> None:
    groups = {
        "urgent": [item.level is RiskLevel.URGENT for item in told],
        "disclosure": [item.level is RiskLevel.DISCLOSURE for item in told],
        "harmless": [item.level is RiskLevel.NONE for item in told],
        "everyday": [item.level is None for item in told],
    }
    print("\nalarm at  " + "".join(f"{name:>12}" for name in groups))
    for limit in ALARMS:
        print(f"{limit:8.2f}  " + "".join(f"{np.mean(scores[chosen] >= limit):12.3f}" for chosen in groups.values()))


def _urgents(told: list[Told]) -> None:
    print("\nurgent at     urgent  disclosure")
    for limit in URGENTS:
        shares = [
            np.mean([item.urgent >= limit for item in told if item.level is level])
            for level in (RiskLevel.URGENT, RiskLevel.DISCLOSURE)
        ]
        print(f"{limit:8.2f}  " + "".join(f"{share:10.3f}" for share in shares))


if __name__ == "__main__":
    main()
