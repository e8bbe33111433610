"""What NumPy serves is what scikit-learn trained."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bot.nlu.fit import Target, fit_linear
from bot.nlu.linear import LinearModel, softmax

TEXTS = ["老师打人", "老师骂人", "爸爸打我", "妈妈骂我", "游戏充钱", "游戏退款", "充钱能退吗", "爸爸喝酒打人"]
TOPICS = ["school", "school", "home", "home", "money", "money", "money", "home"]
SCALE = (0.7, 1.0)


def blocks(text: str) -> tuple[list[str], ...]:
    return (list(text), [text[i : i + 2] for i in range(len(text) - 1)])


@pytest.fixture
def served(tmp_path: Path) -> LinearModel:
    hits = ["hit" if "打" in text else "calm" for text in TEXTS]
    heads = {"topic": Target(TOPICS), "hit": Target(hits, 0.2)}
    fit_linear([blocks(text) for text in TEXTS], heads, SCALE).save(tmp_path, "model")
    return LinearModel.load(tmp_path, "model")


@pytest.mark.parametrize("text", ["老师打我", "能退钱吗", "完全无关", ""])
def test_the_served_scores_are_those_of_scikit_learn(served: LinearModel, text: str) -> None:
    rows = [[blocks(item)[place] for item in TEXTS] for place in range(len(SCALE))]
    vectorizers = [TfidfVectorizer(analyzer=list, sublinear_tf=True) for _ in SCALE]
    matrix = np.hstack([v.fit_transform(row).toarray() * s for v, row, s in zip(vectorizers, rows, SCALE, strict=True)])
    machine = LinearSVC(C=0.5, class_weight="balanced", random_state=0).fit(matrix, TOPICS)
    asked = np.hstack([v.transform([blocks(text)[p]]).toarray() * SCALE[p] for p, v in enumerate(vectorizers)])
    expected = dict(zip(machine.classes_, machine.decision_function(asked)[0], strict=True))

    got = dict(zip(served.heads["topic"], served.scores(blocks(text))["topic"], strict=True))

    assert got == pytest.approx(expected, abs=1e-3)


def test_a_head_of_two_classes_gives_two_scores(served: LinearModel) -> None:
    scores = dict(zip(served.heads["hit"], served.scores(blocks("打人"))["hit"], strict=True))

    assert scores["hit"] == pytest.approx(-scores["calm"])
    assert scores["hit"] > 0


def test_a_text_that_is_not_for_a_head_does_not_teach_it() -> None:
    rows = [blocks(text) for text in TEXTS]
    half: list[str | None] = [label if label != "money" else None for label in TOPICS]

    model = fit_linear(rows, {"topic": Target(half)}, SCALE)

    assert model.heads["topic"] == ("home", "school")


def test_the_terms_that_weighed_most_are_told(served: LinearModel) -> None:
    terms = [term for term, _ in served.evidence(blocks("老师骂人"), "topic", "school")]

    assert terms[0] in ("老师", "师", "老")


def test_probabilities_add_up_to_one() -> None:
    shares = softmax(np.array([3.0, 1.0, -100.0], dtype=np.float32), 0.1)

    assert float(shares.sum()) == pytest.approx(1.0)
    assert shares.argmax() == 0
