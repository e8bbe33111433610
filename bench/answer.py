"""How fast a message goes through the whole understanding and answering, storage excluded, on one core.

taskset -c 0 python bench/answer.py
"""

from __future__ import annotations

import datetime as dt
import resource
import statistics
import time

from bot.app import content_root, make_dialogue, make_service
from bot.content.questions import load_questions
from bot.core.message import Incoming
from bot.core.session import Session
from bot.settings import read_settings

MESSAGES = 3_000


def main() -> None:
    """Prints messages a second, and the spread of single times."""
    settings = read_settings()
    started = time.perf_counter()
    dialogue = make_dialogue(make_service(settings), settings)
    print(f"ready after {time.perf_counter() - started:.2f} s (cached model)")
    asked = load_questions(content_root(settings))
    median = statistics.median(len(question.text) for question in asked)
    chosen = sorted(asked, key=lambda question: abs(len(question.text) - median))[:MESSAGES]
    now = dt.datetime.now(settings.zone)
    for question in chosen[:200]:
        dialogue.respond(Incoming(text=question.text), Session(), now)
    times = []
    for question in chosen:
        before = time.perf_counter()
        dialogue.respond(Incoming(text=question.text), Session(), now)
        times.append(time.perf_counter() - before)
    cuts = statistics.quantiles(times, n=100)
    print(f"median length {median:.0f} characters, {len(times)} messages")
    print(f"{len(times) / sum(times):.0f} messages a second")
    print(f"p50 {cuts[49] * 1e3:.2f} ms   p99 {cuts[98] * 1e3:.2f} ms   max {max(times) * 1e3:.2f} ms")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
