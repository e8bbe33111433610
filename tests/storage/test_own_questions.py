"""Questions and quizzes of one's own, and counted hands, on both kinds of database."""

from __future__ import annotations

from bot.core.own_quiz import OwnQuestion, OwnQuiz
from bot.core.quiz_types import Band, Option, QuestionType
from bot.storage.hands import CountedHands
from bot.storage.own_questions import OwnQuestions, OwnQuizzes
from bot.storage.store import Store

from .taught import Taught

QUESTION = OwnQuestion(
    id="own",
    band=Band.TEN,
    type=QuestionType.TRUE_FALSE,
    difficulty=1,
    ask="帮人收快递没有关系。",
    options=(Option(text="对", why="可能害了你。"), Option(text="不对", right=True, why="告诉爸妈。")),
    explain="不知道是什么的东西不替人收。",
    topic="safety.stranger",
)
QUIZ = OwnQuiz(title="我们的约定", theme="own", band=Band.TEN, intro="两个小问题。", questions=("own/1",))


async def kept(store: Store) -> tuple[int, int]:
    """Somebody, and the number of a question of theirs."""
    staff = await Taught(store).teacher()
    async with store.writing() as connection:
        (number,) = await OwnQuestions(store).add(connection, staff, [QUESTION])
    return staff, number


async def test_what_was_kept_comes_back_and_belongs_to_whoever_wrote_it(store: Store) -> None:
    staff, number = await kept(store)
    (row,) = await OwnQuestions(store).of(staff)
    assert (row.id, row.staff, row.item, row.version) == (number, staff, QUESTION, 1)
    assert await OwnQuestions(store).of(staff + 1) == []


async def test_a_change_counts_and_an_older_window_changes_nothing(store: Store) -> None:
    _, number = await kept(store)
    questions, other = OwnQuestions(store), QUESTION.model_copy(update={"ask": "换一句。"})
    async with store.writing() as connection:
        assert await questions.change(connection, number, other, 1)
        assert not await questions.change(connection, number, QUESTION, 1)
    row = await questions.one(number)
    assert row is not None
    assert (row.item.ask, row.version) == ("换一句。", 2)


async def test_what_was_taken_back_is_not_found(store: Store) -> None:
    staff, number = await kept(store)
    questions = OwnQuestions(store)
    async with store.writing() as connection:
        assert await questions.take_back(connection, number, 1)
        assert not await questions.take_back(connection, number, 1)
    assert await questions.one(number) is None
    assert await questions.of(staff) == []
    assert await questions.some([number, 999]) == {}


async def test_quizzes_are_kept_beside_questions(store: Store) -> None:
    staff, _ = await kept(store)
    async with store.writing() as connection:
        (number,) = await OwnQuizzes(store).add(connection, staff, [QUIZ])
    row = await OwnQuizzes(store).one(number)
    assert row is not None
    assert row.item == QUIZ


async def test_hands_are_counted_again_in_place_of_the_first_count(store: Store) -> None:
    taught = Taught(store)
    staff = await taught.teacher()
    class_ = await taught.class_(await taught.school(staff), "五（1）班", members=0)
    run = await taught.run(staff, [class_])
    hands = CountedHands(store)
    assert await hands.hands(run, class_) is None
    async with store.writing() as connection:
        await hands.begin(connection, run, class_, 30)
        await hands.count(connection, (run, class_, 0), {0: 10, 1: 18}, turnout=(28, 28))
        await hands.count(connection, (run, class_, 0), {0: 12, 1: 17}, turnout=(29, 29))
    found = await hands.hands(run, class_)
    assert found is not None
    assert (found.present, found.counts) == (30, {0: {0: 12, 1: 17}})
