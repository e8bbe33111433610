"""What NumPy serves is what scikit-learn trained."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bot.core.intent_types import Lexicon
from bot.nlu.features import Terms
from bot.nlu.fit import TOLERANCE, Target, fit_linear
from bot.nlu.keys import Keys, Runs, hashed, tagged
from bot.nlu.linear import LinearModel, softmax
from bot.nlu.segment import Segmenter

TEXTS = ["老师打人", "老师骂人", "爸爸打我", "妈妈骂我", "游戏充钱", "游戏退款", "充钱能退吗", "爸爸喝酒打人"]
TOPICS = ["school", "school", "home", "home", "money", "money", "money", "home"]
SCALE = (0.7, 1.0)


def blocks(text: str) -> tuple[list[str], ...]:
    return (list(text), [text[i : i + 2] for i in range(len(text) - 1)])


def keys(text: str) -> Keys:
    runs = Runs(text)
    return tagged({0: runs.of_length(1), 1: runs.of_length(2)})


@pytest.fixture
def served(tmp_path: Path) -> LinearModel:
    hits = ["hit" if "打" in text else "calm" for text in TEXTS]
    heads = {"topic": Target(TOPICS), "hit": Target(hits, 0.2)}
    fit_linear([keys(text) for text in TEXTS], heads, SCALE).save(tmp_path, "model")
    return LinearModel.load(tmp_path, "model")


@pytest.mark.parametrize("favour", [0.0, 2.0])
@pytest.mark.parametrize("text", ["老师打我", "能退钱吗", "完全无关", ""])
def test_the_served_scores_are_those_of_scikit_learn(text: str, favour: float) -> None:
    rows = [[blocks(item)[place] for item in TEXTS] for place in range(len(SCALE))]
    vectorizers = [TfidfVectorizer(analyzer=list, sublinear_tf=True) for _ in SCALE]
    matrix = np.hstack([v.fit_transform(row).toarray() * s for v, row, s in zip(vectorizers, rows, SCALE, strict=True)])
    freedom = np.concatenate([v.idf_ for v in vectorizers]) ** favour
    freedom /= freedom.mean()
    machine = LinearSVC(C=0.5, tol=TOLERANCE, class_weight="balanced", random_state=0).fit(matrix * freedom, TOPICS)
    asked = (
        np.hstack([v.transform([blocks(text)[p]]).toarray() * SCALE[p] for p, v in enumerate(vectorizers)]) * freedom
    )
    expected = dict(zip(machine.classes_, machine.decision_function(asked)[0], strict=True))

    model = fit_linear([keys(item) for item in TEXTS], {"topic": Target(TOPICS)}, SCALE, favour=favour)
    got = dict(zip(model.heads["topic"], model.scores(keys(text))["topic"], strict=True))

    assert got == pytest.approx(expected, abs=1e-3)


def test_a_model_read_back_from_disk_scores_as_before(served: LinearModel) -> None:
    hits = ["hit" if "打" in text else "calm" for text in TEXTS]
    heads = {"topic": Target(TOPICS), "hit": Target(hits, 0.2)}
    model = fit_linear([keys(text) for text in TEXTS], heads, SCALE)

    for head in heads:
        assert served.scores(keys("老师打我"))[head] == pytest.approx(model.scores(keys("老师打我"))[head])


def test_a_head_of_two_classes_gives_two_scores(served: LinearModel) -> None:
    scores = dict(zip(served.heads["hit"], served.scores(keys("打人"))["hit"], strict=True))

    assert scores["hit"] == pytest.approx(-scores["calm"])
    assert scores["hit"] > 0


def test_a_text_that_is_not_for_a_head_does_not_teach_it() -> None:
    rows = [keys(text) for text in TEXTS]
    half: list[str | None] = [label if label != "money" else None for label in TOPICS]

    model = fit_linear(rows, {"topic": Target(half)}, SCALE)

    assert model.heads["topic"] == ("home", "school")


def test_the_terms_that_weighed_most_are_told(served: LinearModel) -> None:
    told = served.evidence(keys("老师骂人"), "topic", "school")

    assert told[0][0] in tagged({0: hashed("老师"), 1: hashed(["老师"])})


def test_a_stretch_of_a_text_has_the_hash_of_the_same_text_alone() -> None:
    runs = Runs("有人打我,真的打我")

    assert runs.of_length(2)[2] == runs.of_length(2)[7] == hashed(["打我"])[0]
    assert runs.between(np.array([7]), np.array([9])) == hashed(["打我"])


def test_the_terms_of_a_text_have_names() -> None:
    terms = Terms(Segmenter(words=["爸爸"]), Lexicon(synonyms={"家长": ("爸爸",)}))

    assert list(terms.names("爸爸").values()) == ["爸", "^爸", "爸爸", "爸$", "爸爸", "=家长"]


def test_probabilities_add_up_to_one() -> None:
    shares = softmax(np.array([3.0, 1.0, -100.0], dtype=np.float32), 0.1)

    assert float(shares.sum()) == pytest.approx(1.0)
    assert shares.argmax() == 0
