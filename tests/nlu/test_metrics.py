"""The figures count what they say."""

import pytest

from bot.nlu.metrics import OUT_OF_SCOPE, Prediction, Share, figures


def _asked(truth: str, *guesses: str, outcome: str = "answer", confidence: float = 0.9) -> Prediction:
    return Prediction(truth, guesses, confidence, outcome, "anna")


def test_topics_are_judged_in_scope_and_refusals_out_of_it() -> None:
    told = figures(
        [
            _asked("a", "a", "b"),
            _asked("a", "b", "a"),
            _asked("b", "c", "d", "e", "b"),
            _asked("b", OUT_OF_SCOPE, "b", outcome="abstain"),
            _asked(OUT_OF_SCOPE, OUT_OF_SCOPE, outcome="abstain"),
            _asked(OUT_OF_SCOPE, "a"),
        ]
    )

    assert (told.top1.hits, told.top1.of) == (1, 4)
    assert told.top3.hits == 3
    assert told.refused.value == 0.5
    assert told.wrongly_refused.value == 0.25
    assert told.answered_right.of == 3
    assert ("a", "b", 1) in told.confusions


def test_an_interval_holds_the_share_and_narrows_with_more_questions() -> None:
    few, many = Share(9, 10), Share(900, 1000)

    for share in (few, many):
        low, high = share.interval
        assert 0 <= low < share.value < high <= 1
    assert many.interval[1] - many.interval[0] < few.interval[1] - few.interval[0]


def test_nothing_counted_is_no_certainty() -> None:
    assert Share(0, 0).interval == (0.0, 1.0)


@pytest.mark.parametrize(("confidence", "bin_"), [(0.0, 0.0), (0.95, 0.9), (1.0, 0.9)])
def test_confidence_is_binned_by_tenths(confidence: float, bin_: float) -> None:
    assert figures([_asked("a", "a", confidence=confidence)]).confidence == [(bin_, 1, 1.0)]
