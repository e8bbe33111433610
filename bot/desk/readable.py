"""An exported case as a text that people read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

#: Facts of a case in the order in which they are told; those whose values have words of their own say where.
_FACTS = {
    "level": "alerts.level_",
    "kind": "alerts.kind_",
    "channel": "",
    "region": "",
    "school": "",
    "opened_at": "time",
    "taken_at": "time",
    "answered_at": "time",
    "closed_at": "time",
    "outcome": "desk.outcome_",
    "safe": "",
    "write_when": "",
    "delete_asked_at": "time",
}


def readable(case: Mapping[str, Any], messages: Mapping[str, str], zone: dt.tzinfo) -> str:
    """What ``CaseExport`` gathered, in words of the messages files and local times."""
    return "\n".join(_Text(case, messages, zone).lines()) + "\n"


class _Text:
    def __init__(self, case: Mapping[str, Any], messages: Mapping[str, str], zone: dt.tzinfo) -> None:
        self._case, self._messages, self._zone = case, messages, zone

    def lines(self) -> Iterator[str]:
        facts = self._case["case"]
        yield self._say("title").format(case=facts["id"])
        if facts["synthetic"]:
            yield self._say("drill")
        exported = self._case["exported"]
        yield self._say("by").format(time=self._time(exported["at"]), person=self._person(exported["by"]))
        yield from self._facts(facts)
        yield from self._section("identity", self._identity())
        yield from self._section("thread", map(self._message, self._case["messages"]))
        yield from self._section("history", map(self._event, self._case["events"]))
        yield from self._section("log", map(self._log, self._case["audit"]))

    def _facts(self, facts: Mapping[str, Any]) -> Iterator[str]:
        yield ""
        for name, words in _FACTS.items():
            value = facts[name]
            if not value:
                continue
            told = self._time(value) if words == "time" else self._messages.get(f"{words}{value}", str(value))
            yield f"{self._say(f'fact_{name}')}：{told}"

    def _section(self, name: str, lines: Iterator[str]) -> Iterator[str]:
        yield ""
        yield f"== {self._say(name)} =="
        yield from lines

    def _identity(self) -> Iterator[str]:
        identity = self._case["identity"]
        if identity is None:
            yield self._say("not_released")
        elif identity["address"]:
            yield f"{identity['channel']}：{identity['address']}"
        else:
            yield self._say("nameless").format(channel=identity["channel"])

    def _message(self, message: Mapping[str, Any]) -> str:
        who = self._say(f"author_{message['author']}")
        if message["staff"] is not None:
            who = f"{who} {self._person(message['staff'])}"
        who += self._unsure(message)
        text = self._say("unreadable") if message["text"] is None else message["text"]
        # A message of several lines must not look like several messages.
        return f"[{self._time(message['at'])}] {who}：" + text.replace("\n", "\n    ")

    def _event(self, event: Mapping[str, Any]) -> str:
        person = "" if event["staff"] is None else f"  {self._person(event['staff'])}"
        return f"[{self._time(event['at'])}] {event['what']} {event['value']}".rstrip() + person + self._unsure(event)

    def _unsure(self, said: Mapping[str, Any]) -> str:
        why = said["unsure"]
        return f"（{self._messages[f'desk.unsure_{why}']}）" if why else ""

    def _log(self, line: Mapping[str, Any]) -> str:
        return f"{line['seq']}  {line['at']}  {line['actor']}  {line['action']}  {line['detail']}  {line['digest']}"

    def _person(self, number: int) -> str:
        return f"{self._case['staff'].get(str(number), '')}({number})"

    def _time(self, moment: str) -> str:
        return dt.datetime.fromisoformat(moment).astimezone(self._zone).strftime("%Y-%m-%d %H:%M:%S")

    def _say(self, name: str) -> str:
        return self._messages[f"records.export_{name}"]
