"""All topics are there, each with answers for its readers."""

from bot.content.build import Service
from bot.core.audience import Audience
from bot.core.contacts import FALLBACK_NUMBER


def test_all_161_topics_are_answered_for_their_readers(service: Service) -> None:
    topics = service.library.topics

    assert len(topics) >= 161
    assert not [name for name, topic in topics.items() if topic.readers - set(topic.answers)]


def test_an_answer_for_anyone_has_a_version_for_students_and_one_for_an_adult(service: Service) -> None:
    for topic in service.library.topics.values():
        if "anyone" in topic.for_:
            assert Audience.STUDENT in topic.answers
            assert set(topic.answers) - {Audience.STUDENT}


def test_nothing_says_that_a_lawyer_signed(service: Service) -> None:
    assert all(not topic.review.signed_off for topic in service.library.topics.values() if topic.review)


def test_unknown_hours_are_never_shown_as_open(service: Service) -> None:
    for line in service.library.hotlines.values():
        assert line.hours.always or not line.hours.known or line.hours.weekly

    assert service.library.hotlines[FALLBACK_NUMBER].hours.always


def test_the_hotlines_asked_for_are_all_there(service: Service) -> None:
    wanted = {"110", "12110", "120", "119", "12309", "12355", "12338", "12345", "12348", "12356", "12377", "96110"}

    assert wanted <= set(service.library.hotlines)
