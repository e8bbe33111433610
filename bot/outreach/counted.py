"""The sections of what the service counted by itself: how much, about what, when, by whom, and quizzes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.charts.chart import Chart, Mark, Shape
from bot.core.counting import ALL, HELPED, Family, QuizStep
from bot.outreach.gathered import Both, at, known
from bot.outreach.periods import Grain, Period
from bot.outreach.publish import Figure, Figures, share
from bot.outreach.sections import Section, Table, Tile, Words, shown

#: What the sections here are made of.
FAMILIES = (
    Family.TOTAL,
    Family.PEOPLE,
    Family.READER,
    Family.CHANNEL,
    Family.HOUR,
    Family.OUTCOME,
    Family.GROUP,
    Family.HELPFUL,
    Family.QUIZ,
    Family.READ,
)
#: Bars in a chart, and topics in a table.
MOST_BARS, MOST_TOPICS = 10, 30
ANSWERED = "answer"


@dataclass(frozen=True, slots=True)
class Trends:
    """Figures part by part: of all turns, and of quizzes; with the turns of a year before."""

    parts: tuple[Period, ...]
    turns: Mapping[Period, Figures]
    before: Mapping[Period, Figures]
    quiz: Mapping[Period, Figures]


@dataclass(frozen=True, slots=True)
class Counted:
    """What the service counted of a place and a stretch of time, section by section."""

    words: Words
    both: Both
    trends: Trends

    def tiles(self) -> tuple[Tile, ...]:
        """The numbers that stand at the top."""
        helped, quiz = self.both.now[Family.HELPFUL], self.both.now[Family.QUIZ]
        shares = (
            ("answered", share(self.both.now[Family.OUTCOME][ANSWERED], self.both.now[Family.TOTAL][ALL])),
            ("helpful", share(helped[HELPED[0]], helped.total(HELPED))),
            ("right", share(quiz[QuizStep.RIGHT], quiz[QuizStep.ANSWERED])),
        )
        plain = (("turns", Family.TOTAL, ALL), ("people", Family.PEOPLE, ALL), ("taken", Family.QUIZ, QuizStep.TAKEN))
        return (
            *(self._tile(name, family, key) for name, family, key in plain),
            *(Tile(name, self.words(f"tile_{name}"), f"{part}%") for name, part in shares if part is not None),
        )

    def trend(self) -> Section:
        """How much was answered, day by day or month by month."""
        words, trends = self.words, self.trends
        pairs = [
            (part, at(trends.turns, part, ALL), at(trends.before, part.year_before(), ALL)) for part in trends.parts
        ]
        marks = [Mark(_short(part, words), known(now), str(now), known(old)) for part, now, old in pairs]
        told = [part for part, _, _ in pairs if part in trends.turns]
        rows = ((words.period(part), shown(now), shown(old)) for part, now, old in pairs if part in told)
        now, before = self.both.one(Family.TOTAL)
        people, _ = self.both.one(Family.PEOPLE)
        said = words("said_trend", turns=words.figure(now), people=words.figure(people))
        return Section(
            "trend",
            words("title_trend"),
            said + words.compared(known(now), known(before)),
            Table(words.head("trend"), tuple(rows)),
            Chart(Shape.COLUMNS, tuple(marks)),
            _note(words, marks),
        )

    def groups(self) -> Section:
        """What it was about."""
        return self._ranked("groups", Family.GROUP, lambda key: self.words.named("group", key))

    def readers(self) -> Section:
        """Who asked."""
        return self._ranked("readers", Family.READER, lambda key: self.words.named("reader", key))

    def channels(self) -> Section:
        """Where they asked."""
        return self._ranked("channels", Family.CHANNEL, lambda key: self.words.named("channel", key))

    def outcomes(self) -> Section:
        """What was done about it."""
        return self._ranked("outcomes", Family.OUTCOME, lambda key: self.words.named("outcome", key))

    def after(self) -> Section:
        """What was read after a quiz."""
        return self._ranked("after", Family.READ, lambda key: self.words.named("group", key))

    def hours(self) -> Section:
        """At which hours they asked."""
        words, found = self.words, self.both.now[Family.HOUR]
        keys = [f"{hour:02}" for hour in range(24)]
        marks = tuple(Mark(str(int(key)), known(found[key]), str(found[key])) for key in keys)
        rows = tuple((words("hour", hour=int(key)), shown(found[key])) for key in keys)
        busiest = next(iter(found), "")
        said = words("said_hours", hour=int(busiest), next=int(busiest) + 1) if busiest else words("all_few")
        return Section(
            "hours", words("title_hours"), said, Table(words.head("hours"), rows), Chart(Shape.COLUMNS, marks)
        )

    def quiz(self) -> Section:
        """How far quizzes got, and how much was right."""
        words, steps = self.words, tuple(QuizStep)
        figures = {step: self.both.one(Family.QUIZ, step) for step in steps}
        rows = [(words.named("quiz", step), *self._pair(figures[step])) for step in steps]
        now, before = (share(figures[QuizStep.RIGHT][at], figures[QuizStep.ANSWERED][at]) for at in (0, 1))
        rows.append((words("quiz_share"), _percent(now), _percent(before), words("no_change")))
        shares = [(part, _share(self.trends.quiz, part)) for part in self.trends.parts]
        marks = [Mark(_short(part, words), each, _percent(each)) for part, each in shares]
        taken, done = figures[QuizStep.TAKEN][0], figures[QuizStep.FINISHED][0]
        said = words("said_quiz", taken=words.figure(taken), finished=words.figure(done))
        return Section(
            "quiz",
            words("title_quiz"),
            said + (words("said_right", share=now) if now is not None else "") + _gain(shares, words),
            Table(words.head("quiz"), tuple(rows)),
            Chart(Shape.COLUMNS, tuple(marks), 100),
            words("note_quiz"),
        )

    def _tile(self, name: str, family: Family, key: str) -> Tile:
        now, before = self.both.one(family, key)
        change = self.words.change(known(now), known(before))
        told = "" if change == self.words("no_change") else self.words("tile_change", change=change)
        return Tile(name, self.words(f"tile_{name}"), str(now), told)

    def _ranked(self, name: str, family: Family, label: Callable[[str], str]) -> Section:
        return ranked(self.words, self.both, (name, family), label)

    def _pair(self, pair: tuple[Figure, Figure]) -> tuple[int | str, int | str, str]:
        now, before = pair
        return shown(now), shown(before), self.words.change(known(now), known(before))


def _note(words: Words, marks: Sequence[Mark]) -> str:
    """How to read the strokes, where there are any."""
    if not any(mark.before for mark in marks):
        return ""
    return words("note_stroke") + ("" if words.comparable else words("note_not_whole"))


def ranked(words: Words, both: Both, what: tuple[str, Family], label: Callable[[str], str]) -> Section:
    """A family as bars, the greatest first, with a table of all its keys."""
    name, family = what
    now, before = both.now[family], both.before[family]
    marks = tuple(
        Mark(label(key), figure.value, str(figure), known(before[key])) for key, figure in _first(now, MOST_BARS)
    )
    rows = tuple(
        (label(key), shown(figure), shown(before[key]), words.change(known(figure), known(before[key])))
        for key, figure in _first(now, MOST_TOPICS)
    )
    first = [words("with_figure", name=label(key), figure=words.figure(figure)) for key, figure in _first(now, 3)]
    said = words(f"said_{name}", first=words.listed(first)) if first else words("all_few")
    note = _note(words, marks)
    return Section(name, words(f"title_{name}"), said, Table(words.head(name), rows), Chart(Shape.BARS, marks), note)


def _first(figures: Figures, many: int) -> Sequence[tuple[str, Figure]]:
    return list(figures.items())[:many]


def _share(trend: Mapping[Period, Figures], part: Period) -> int | None:
    return share(at(trend, part, QuizStep.RIGHT), at(trend, part, QuizStep.ANSWERED))


def _gain(shares: Sequence[tuple[Period, int | None]], words: Words) -> str:
    told = [each for _, each in shares if each is not None]
    return words("said_gain", first=told[0], last=told[-1]) if len(told) > 1 and told[0] != told[-1] else ""


def _percent(part: int | None) -> str:
    return "" if part is None else f"{part}%"


def _short(part: Period, words: Words) -> str:
    key = "day_short" if part.grain is Grain.DAY else "month_short"
    return words(key, month=part.first.month, day=part.first.day)
