"""What NumPy serves is what scikit-learn trained."""

from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from bot.nlu.fit import FitOptions, fit_linear
from bot.nlu.linear import LinearModel, softmax

TEXTS = ["老师打人", "老师骂人", "爸爸打我", "妈妈骂我", "游戏充钱", "游戏退款", "充钱能退吗", "爸爸喝酒打人"]
LABELS = ["school", "school", "home", "home", "money", "money", "money", "home"]


def characters(text: str) -> tuple[list[str], ...]:
    return (list(text), [text[i : i + 2] for i in range(len(text) - 1)])


def test_the_served_scores_are_those_of_scikit_learn(tmp_path: Path) -> None:
    options = FitOptions(scale=(0.7, 1.0))
    fit_linear(TEXTS, LABELS, characters, options).save(tmp_path, "model")
    served = LinearModel.load(tmp_path, "model")

    vectorizers = [TfidfVectorizer(analyzer=list, sublinear_tf=True) for _ in options.scale]
    blocks = [[characters(text)[place] for text in TEXTS] for place in range(2)]
    matrix = np.hstack(
        [v.fit_transform(rows).toarray() * s for v, rows, s in zip(vectorizers, blocks, options.scale, strict=True)]
    )
    machine = LinearSVC(C=options.strength, class_weight="balanced", random_state=0).fit(matrix, LABELS)

    for text in ("老师打我", "能退钱吗", "完全无关"):
        row = np.hstack(
            [v.transform([characters(text)[p]]).toarray() * options.scale[p] for p, v in enumerate(vectorizers)]
        )
        expected = dict(zip(machine.classes_, machine.decision_function(row)[0], strict=True))
        got = dict(zip(served.classes, served.scores(characters(text)), strict=True))
        assert all(abs(got[name] - expected[name]) < 1e-3 for name in expected)


def test_two_classes_give_two_scores(tmp_path: Path) -> None:
    model = fit_linear(
        TEXTS, ["yes" if "打" in text else "no" for text in TEXTS], characters, FitOptions(scale=(1.0, 1.0))
    )

    scores = dict(zip(model.classes, model.scores(characters("打人")), strict=True))

    assert scores["yes"] > scores["no"]


def test_probabilities_add_up_to_one() -> None:
    shares = softmax(np.array([3.0, 1.0, -100.0], dtype=np.float32), 0.1)

    assert abs(float(shares.sum()) - 1.0) < 1e-6
    assert shares.argmax() == 0
