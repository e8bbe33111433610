"""All content as plain data, for other systems and for whoever checks it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.content.load import load_bank, load_corpus, load_library
from bot.content.questions import load_questions
from bot.core.content_types import Topic


def exported(root: Path) -> dict[str, Any]:
    """Topics with answers and citations, sources with articles, glosses, examples, questions and hotlines."""
    library, corpus, bank = load_library(root), load_corpus(root), load_bank(root)
    return {
        "topics": [_topic(topic) for topic in library.topics.values()],
        "sources": [source.model_dump(mode="json") for source in library.sources.values()],
        "citations": sorted({ref.cite for topic in library.topics.values() for ref in topic.law}),
        "glosses": [
            {"cite": f"{glosses.source}:{number}", "text": text}
            for glosses in library.glosses.values()
            for number, text in glosses.articles.items()
        ],
        "cue_groups": {name: group.model_dump(mode="json") for name, group in library.cue_groups.items()},
        "hotlines": [line.model_dump(mode="json") for line in library.hotlines.values()],
        "regions": [region.model_dump(mode="json") for region in library.regions.values()],
        "scripts": [scripts.model_dump(mode="json") for scripts in library.scripts.values()],
        "examples": [
            {"topic": name, "writer": writer, "text": text}
            for name, intent in corpus.intents.items()
            for writer, texts in intent.examples.items()
            for text in texts
        ],
        "bank": [{"name": name, **item.model_dump(mode="json")} for name, item in bank.questions.items()],
        "quizzes": [quiz.model_dump(mode="json") for quiz in bank.quizzes.values()],
        "questions": [
            {"topic": item.topic, "writer": item.writer, "audience": str(item.audience), "text": item.text}
            for item in load_questions(root)
        ],
    }


def _topic(topic: Topic) -> dict[str, Any]:
    return topic.model_dump(mode="json", by_alias=True) | {"citations": [ref.cite for ref in topic.law]}
