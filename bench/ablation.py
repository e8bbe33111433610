"""What each part of the understanding gives, on questions of writers who were not trained on.

python bench/ablation.py
"""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from bot.content.build import documents, topic_readers
from bot.content.load import load_corpus, load_library
from bot.content.questions import load_questions
from bot.core.ports import TopicReading
from bot.core.topical import Thresholds
from bot.nlu.evaluate import Parts, Trainer
from bot.nlu.features import FeatureSet
from bot.nlu.metrics import figures
from bot.nlu.train import Utterance

ROOT = Path(__file__).parent.parent
ALL = Parts()
VARIANTS = {
    "everything": ALL,
    "without characters": replace(ALL, features=FeatureSet(characters=False)),
    "without character pairs": replace(ALL, features=FeatureSet(character_pairs=False)),
    "without words": replace(ALL, features=FeatureSet(words=False)),
    "without synonyms": replace(ALL, features=FeatureSet(synonyms=False)),
    "without keywords": replace(ALL, keywords=False),
    "without answers as documents": replace(ALL, documents=False),
    "without spellings and emoji": replace(ALL, normalise=False),
    "without the reader's prior": ALL,
}


def _outcome(reading: TopicReading) -> str:
    return "abstain" if reading.outside >= Thresholds().refuse else "answer"


def main() -> None:
    """Prints a line for each variant."""
    library, corpus = load_library(ROOT), load_corpus(ROOT)
    questions = load_questions(ROOT)
    asked = [Utterance(item.text, item.topic, item.writer) for item in questions]
    readers = {name: topic_readers(topic) for name, topic in library.topics.items()}
    print(f"{'variant':32s} {'top-1':>8s} {'top-3':>8s} {'refused':>8s} {'wrongly':>8s}  seconds")
    for name, parts in VARIANTS.items():
        started = time.perf_counter()
        trainer = Trainer(corpus, documents(library, corpus), parts)
        reader = trainer.reader(trainer.examples)
        reader.set_readers(readers)
        told_reader = [None if name == "without the reader's prior" else item.audience for item in questions]
        found = trainer.predict(reader, asked, _outcome, told_reader)
        told = figures(found)
        print(
            f"{name:32s} {told.top1.value:8.4f} {told.top3.value:8.4f} {told.refused.value:8.4f} "
            f"{told.wrongly_refused.value:8.4f}  {time.perf_counter() - started:.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
