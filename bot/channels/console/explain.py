"""What the engine sees in a text, and why: for editors."""

from __future__ import annotations

from bot.content.build import Service
from bot.core.audience import Audience
from bot.core.cues import age_in
from bot.core.dialogue import Dialogue


def explained(service: Service, dialogue: Dialogue, text: str, audience: Audience | None) -> str:
    """Lines: the text as normalised, words, risk with its rules, reader, article, and the likeliest topics with why."""
    engine, plain = service.engine, service.engine.normalise(text)
    reading, risk = engine.read_topics(text, audience), engine.read_risk(text, ())
    asked = dialogue.index.asked(plain)
    lines = [
        f"归一后   {plain}",
        f"分词     {' / '.join(engine.words(plain))}",
        f"风险     {risk.level} {risk.kind or ''} {risk.score:.3f} {', '.join(risk.why)}",
        f"读者     {audience or dialogue.cues.hinted(plain) or '未知'}",
        f"年龄     {age_in(plain) or '未提到'}",
        f"法条     {f'{asked.source}:{asked.number}' if asked else '未提到'}",
        f"关键词   {', '.join(reading.trace) or '没有'}",
        f"范围外   {reading.outside:.3f}",
        f"决定     {dialogue.thresholds.verdict(reading)}",
        "话题",
    ]
    lines += [
        f"  {guess.confidence:.3f} {guess.topic}  {_terms(service, plain, guess.topic)}" for guess in reading.guesses
    ]
    return "\n".join(lines)


def _terms(service: Service, plain: str, topic: str) -> str:
    """The terms that spoke most for a topic."""
    return " ".join(f"{term}{weight:+.2f}" for term, weight in service.engine.evidence(plain, topic))
