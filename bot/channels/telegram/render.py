"""Lays out a decision as Telegram messages: HTML of at most 4096 units, and a keyboard under the last."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.channels.receipt import clock_line
from bot.channels.text import call_lines, contact_line, law_line
from bot.core.command import TEACHING, Verb, parse_command
from bot.core.decision import Answer, Choice, Decision, Handoff, LawLine, Relayed, Reply, Support

#: Telegram's limits: a message in UTF-16 units, a button's data in bytes.
LONGEST_TEXT = 4096
LONGEST_DATA = 64
#: Short buttons that stand side by side.
BUTTONS_A_ROW = 3
SHORT_LABEL = 4
#: Marks the words of a person.
PERSON = "👤"

Keyboard = list[list[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text. ``link`` is an address that its beginning, ``label``, leads to."""

    text: str
    bold: bool = False
    label: str = ""
    link: str | None = None

    def html(self) -> str:
        """The line as Telegram's HTML."""
        text = html.escape(self.text, quote=False)
        if self.bold:
            return f"<b>{text}</b>"
        if self.link and self.label:
            anchor = f'<a href="{html.escape(self.link)}">{html.escape(self.label, quote=False)}</a>'
            return text.replace(html.escape(self.label, quote=False), anchor, 1)
        return text


def pages(decision: Decision, messages: Mapping[str, str], now: dt.datetime) -> list[str]:
    """The decision's text as HTML, one item a message; at least one. ``now`` is local time."""
    return split(_lines(decision, messages, now))


def outward_pages(decision: Decision, messages: Mapping[str, str], now: dt.datetime) -> list[str]:
    """The same for something that nobody asked for: a person's words under their mark, or a neutral line first."""
    if isinstance(decision, Relayed):
        mark = Line(f"{PERSON} {messages['receipt.person']}", bold=True)
        return split([mark, *_plain(decision.reply.lead)])
    return split([Line(messages["receipt.neutral"]), Line(""), *_lines(decision, messages, now)])


def code_page(code: str, messages: Mapping[str, str]) -> str:
    """The code of return as a message of its own, to be copied and then deleted."""
    said = "\n".join(messages[key] for key in ("receipt.code", "receipt.code_message"))
    title = html.escape(messages["receipt.code_title"], quote=False)
    return f"{title}\n<code>{html.escape(code, quote=False)}</code>\n\n{html.escape(said, quote=False)}"


def keyboard(choices: Iterable[Choice]) -> Keyboard:
    """Buttons as the Bot API writes them: topics one a row, short ones side by side."""
    rows: Keyboard = []
    open_row = False
    for choice in choices:
        if len(choice.command.encode()) > LONGEST_DATA:
            continue
        button = {"text": choice.label, "callback_data": choice.command}
        alone = _is_topic(choice) or _is_long(choice)
        if open_row and not alone and len(rows[-1]) < BUTTONS_A_ROW:
            rows[-1].append(button)
        else:
            rows.append([button])
        open_row = not alone
    return rows


def link_button(label: str, url: str) -> Keyboard:
    """One button that opens an address."""
    return [[{"text": label, "url": url}]]


def split(lines: Iterable[Line]) -> list[str]:
    """Lines as HTML messages within the limit, parted at line ends; only a line too long for one is cut."""
    found: list[str] = []
    page = ""
    for line in lines:
        for piece in _pieces(line):
            longer = f"{page}\n{piece}" if page else piece
            if units(longer) > LONGEST_TEXT:
                found.append(page.strip("\n"))
                longer = piece
            page = longer
    return [text for text in (*found, page.strip("\n")) if text.strip()]


def units(text: str) -> int:
    """Length in UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _pieces(line: Line) -> Iterator[str]:
    whole = line.html()
    if units(whole) <= LONGEST_TEXT:
        yield whole
        return
    piece = ""
    for letter in line.text:
        safe = html.escape(letter, quote=False)
        if units(piece) + units(safe) > LONGEST_TEXT:
            yield piece
            piece = ""
        piece += safe
    yield piece


def _lines(decision: Decision, messages: Mapping[str, str], now: dt.datetime) -> Iterator[Line]:
    reply = decision.reply
    if reply.note:
        yield from _plain(reply.note)
        yield Line("")
    if reply.title:
        yield Line(reply.title, bold=True)
    yield from _plain(reply.lead)
    if reply.receipt is not None:
        yield from (Line(""), Line(clock_line(reply.receipt, now, messages)))
    yield from _steps(reply, messages)
    if reply.law:
        yield from (Line(""), Line(messages["render.law"], bold=True))
        yield from (_cited(line) for line in reply.law)
    if reply.contacts:
        yield from (Line(""), Line(messages["render.contacts"], bold=True))
        calling = isinstance(decision, Support | Handoff)
        for line in reply.contacts:
            yield Line(f"· {contact_line(line, messages)}")
            if calling:
                yield from (Line(f"  {told}") for told in call_lines(line, messages))
    if isinstance(decision, Answer) and any(map(_is_topic, reply.choices)):
        yield from (Line(""), Line(messages["render.related"]))


def _steps(reply: Reply, messages: Mapping[str, str]) -> Iterator[Line]:
    if reply.steps:
        yield from (Line(""), Line(messages["render.steps"], bold=True))
        for place, step in enumerate(reply.steps, 1):
            yield from _plain(f"{place}. {step}")
    if reply.more:
        yield Line("")
        yield from _plain(reply.more)


def _cited(line: LawLine) -> Line:
    flat = " ".join(law_line(line).splitlines())
    return Line(f"· {flat}", label=line.label, link=line.url)


def _plain(text: str) -> Iterator[Line]:
    return (Line(part) for part in text.split("\n"))


def _is_long(choice: Choice) -> bool:
    """Options of a quiz in so many words, and names of classes: side by side they would be cut."""
    command = parse_command(choice.command)
    return command is not None and command.verb in TEACHING and len(choice.label) > SHORT_LABEL


def _is_topic(choice: Choice) -> bool:
    command = parse_command(choice.command)
    return command is not None and command.verb is Verb.TOPIC
