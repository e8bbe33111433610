"""Results in words: two lines to say in class about a wrong idea, and the message that goes back to a class."""

from __future__ import annotations

from collections.abc import Mapping

from bot.teaching.figures import Figures, WrongIdea, wrong_ideas

#: A wrong idea that fewer hold is not told to a class: one pupil would take it personally.
SPOKEN_OF = 2


def named(idea: WrongIdea, messages: Mapping[str, str]) -> str:
    """The wrong idea; where nobody gave it a name, the option that was chosen."""
    return idea.idea or messages["teach_results.idea_unnamed"].format(chosen=idea.chosen)


def lines(idea: WrongIdea, messages: Mapping[str, str]) -> tuple[str, str]:
    """Two lines to say in class about a wrong idea, nobody blamed."""
    first = messages["teach_results.line_idea"].format(idea=named(idea, messages), why=idea.why)
    return first, messages["teach_results.line_law"].format(explain=idea.question.explain)


def percent(share: float | None, messages: Mapping[str, str]) -> str:
    """A part of 0 to 1 in whole percent."""
    return messages["teach_results.unknown"] if share is None else f"{share * 100:.0f}%"


def told_to_class(title: str, name: str, given: Figures, messages: Mapping[str, str]) -> str:
    """What a class is told of its results, nobody blamed; empty where fewer than five finished."""
    if not given.shown:
        return ""
    known = [asked for asked in given.questions if asked.share is not None]
    said = [
        messages["teach_results.message_head"].format(name=name, title=title),
        messages["teach_results.message_took"].format(finished=given.finished, share=percent(given.share, messages)),
    ]
    if known:
        best = max(known, key=lambda asked: asked.share or 0)
        said.append(messages["teach_results.message_best"].format(place=best.place, ask=best.question.ask))
    spoken = [idea for idea in wrong_ideas(given) if idea.count >= SPOKEN_OF]
    if spoken:
        idea = spoken[0]
        values = {"place": idea.place, "idea": named(idea, messages), "why": idea.why}
        said.append(messages["teach_results.message_idea"].format(**values))
    return "\n".join((*said, messages["teach_results.message_end"]))
