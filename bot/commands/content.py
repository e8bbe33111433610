"""``faxiaohu content …``: what lawyers and teachers use to keep the content right."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
from pathlib import Path

import typer

from bot.app import content_root, make_dialogue, make_service
from bot.channels.console.explain import explained
from bot.commands.errors import CommandError
from bot.content.checks import check_content
from bot.content.export import exported
from bot.content.load import load_corpus, load_library
from bot.content.reviews import record_readings
from bot.content.skeleton import write_skeleton
from bot.core.audience import Audience
from bot.settings import read_settings

#: A reading holds for a year.
GOOD_FOR = dt.timedelta(days=365)
TOPIC_NAME = re.compile(r"[a-z]+\.[a-z0-9_]+")


def _root() -> Path:
    return content_root(read_settings())


def check() -> None:
    """Prints every problem; exit code 1 where one is more than a reminder."""
    problems = check_content(_root())
    for problem in problems:
        typer.echo(("提醒 " if problem.mild else "") + str(problem))
    wrong = sum(not problem.mild for problem in problems)
    typer.echo(f"{wrong} 处要改，{len(problems) - wrong} 处提醒")
    if wrong:
        raise typer.Exit(1)


def export() -> None:
    """Prints all content as JSON."""
    print(json.dumps(exported(_root()), ensure_ascii=False))


def new_topic(name: str) -> None:
    """Writes the two files of a new topic, to be filled in."""
    if not TOPIC_NAME.fullmatch(name):
        raise CommandError("话题名写成“组.名字”，只用小写字母、数字和下划线，如 home.pets")
    for path in write_skeleton(_root(), name):
        typer.echo(f"已建好 {path}，请照着里面的说明填写，再运行 faxiaohu content check")


def parse(text: str, audience: str | None) -> None:
    """Prints what the engine sees in a text, and why."""
    settings = read_settings()
    service = make_service(settings)
    reader = Audience(audience) if audience else None
    typer.echo(explained(service, make_dialogue(service, settings), text, reader))


def sample(topic: str | None, number: int) -> None:
    """Prints some examples with their topics and writers."""
    corpus = load_corpus(_root())
    if topic is not None and topic not in corpus.intents:
        raise CommandError(f"没有“{topic}”这个话题")
    chosen = [corpus.intents[topic]] if topic else list(corpus.intents.values())
    pool = [(i.id, writer, text) for i in chosen for writer, texts in i.examples.items() for text in texts]
    for name, writer, text in random.sample(pool, min(number, len(pool))):
        typer.echo(f"{name}\t{writer}\t{text}")


def reviewed(topics: list[str], by: str, *, law: bool, tone: bool) -> None:
    """Records the two readings of the text that stands in the files now."""
    if not (law and tone):
        raise CommandError("两样都要读过：对照法条（--law）和读者的角度（--tone）")
    library = load_library(_root())
    if unknown := [name for name in topics if name not in library.topics]:
        raise CommandError(f"没有这些话题：{'、'.join(unknown)}")
    today = dt.datetime.now(dt.UTC).date()
    unheld = frozenset(source.id for source in library.sources.values() if source.checked is None)
    for name in topics:
        record_readings(_root(), library.topics[name], by, (today, today + GOOD_FOR), unheld=unheld)
    typer.echo(f"记下了 {len(topics)} 个话题的审读")
