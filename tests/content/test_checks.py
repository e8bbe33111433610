"""The content check finds what an editor may break, with file, line and how to mend it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from bot.content.checks import check_content
from bot.content.export import exported
from bot.content.load import load_library
from bot.content.problems import Problem
from bot.content.reviews import record_readings
from bot.core.answer_types import Answer

TOPIC = """\
title: 压岁钱
for: [student, parent]
simple: 压岁钱是你的。
answers:
  student:
    short: 压岁钱送给你，就是你的。
    steps: [好好跟爸妈说。, 请他们记账。]
  parent:
    short: 压岁钱属于孩子。
    steps: [替孩子存好。]
    angles:
      - id: spent
        cues: [花掉, 拿走 钱]
        groups: [prevention]
        law: [civil:35]
        short: 花掉的要说清楚。
      - {id: lost, cues: [丢], short: 丢了就一起找。}
law:
  - {cite: "civil:35", gist: 监护人要为孩子好才能动孩子的财产。}
hotlines: ["110"]
related: [home.toys]
"""
OTHER = TOPIC.replace("压岁钱", "玩具").replace("home.toys", "home.money")
SOURCE = """\
name: 中华人民共和国民法典
short: 民法典
kind: law
issuer: 全国人民代表大会
status: in_force
official: {where: 国家法律法规数据库}
checked: 2026-11-21
article_numbers: ["1..1260"]
"""
REPEALED = SOURCE.replace("民法典", "民法通则").replace("in_force", "repealed\nsuccessor: civil")
HOTLINES = """\
hotlines:
  - number: "110"
    name: 报警
    purpose: 有危险
    hours: {always: true, text: 全天}
    cost: 免费
    call: 说地点
    checked: 2026-11-01
"""
SCRIPT = "readers: {student: {lead: 我相信你。, next: 去找大人。, hotlines: ['110']}}\n"
DIALOGUE = "groups: {prevention: {any: [预防, 提前], none: [已经]}}\n"
GLOSSES = 'source: civil\narticles: {"35": 监护人要为孩子好才能动孩子的财产，还要听孩子的意思。}\n'
BANK = """\
questions:
""" + "".join(
    f"""\
  - id: red-{number}
    band: "10-12"
    type: true_false
    difficulty: 1
    ask: 第{number}问：压岁钱是你的吗？
    options:
      - {{text: 对, right: true, why: 送给你就是你的。}}
      - {{text: 不对, idea: 以为小孩不能有钱, why: 小孩也有自己的财产。}}
    explain: 压岁钱属于孩子。
    law: ["civil:35"]
"""
    for number in range(5)
)
QUIZ = """\
title: 压岁钱
theme: money
band: "10-12"
intro: 五个小问题。
questions: [home.money/red-0, home.money/red-1, home.money/red-2, home.money/red-3, home.money/red-4]
"""
SYLLABLES = (
    "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏闰余成岁律吕调阳云腾致雨露结为霜金生丽水玉出昆冈"
    "剑号巨阙珠称夜光果珍李柰菜重芥姜海咸河淡鳞潜羽翔"
)


def _examples(shift: int) -> str:
    texts = [SYLLABLES[i + shift] + SYLLABLES[-i - 1 - shift] + f"第{i * 7 + shift}件" for i in range(52)]
    return "examples:\n  anna:\n" + "".join(f"    - {text}\n" for text in texts)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A small content in which nothing is wrong."""
    files = {
        "knowledge/topics/home/money.yaml": TOPIC,
        "knowledge/topics/home/toys.yaml": OTHER,
        "knowledge/sources/civil.yaml": SOURCE,
        "knowledge/sources/civil-old.yaml": REPEALED,
        "knowledge/hotlines/national.yaml": HOTLINES,
        "knowledge/scripts/urgent/other.yaml": SCRIPT,
        "knowledge/scripts/disclosure/other.yaml": SCRIPT,
        "knowledge/glosses/civil.yaml": GLOSSES,
        "knowledge/questions/home/money.yaml": BANK,
        "knowledge/quizzes/money-10-12.yaml": QUIZ,
        "intents/dialogue.yaml": DIALOGUE,
        "intents/topics/home/money.yaml": _examples(0),
        "intents/topics/home/toys.yaml": _examples(5),
        "tests/questions/home/money.yaml": "writers: {bob: {audience: student, questions: [红包可以自己留着花吗]}}\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _read(tmp_path)
    return tmp_path


def _read(root: Path) -> None:
    today = dt.datetime.now(dt.UTC).date()
    for topic in load_library(root).topics.values():
        record_readings(root, topic, "编辑", (today, today + dt.timedelta(days=365)))


def _change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_sound_content_has_no_problem(root: Path) -> None:
    assert check_content(root) == []


MONEY = "knowledge/topics/home/money.yaml"
ASKED, QUIZZED = "knowledge/questions/home/money.yaml", "knowledge/quizzes/money-10-12.yaml"
BREAKS: dict[str, tuple[str, str, str, str]] = {
    "an unknown source": (MONEY, '"civil:35"', '"civl:35"', "不认识的来源"),
    "an article that the source has not": (MONEY, '"civil:35"', '"civil:1261"', "没有第 1261 条"),
    "a citation without an article": (MONEY, '"civil:35"', "civil", "没有写条号"),
    "a repealed source": (MONEY, '"civil:35"', '"civil-old:35"', "已经废止"),
    "no law at all": (
        MONEY,
        '  - {cite: "civil:35", gist: 监护人要为孩子好才能动孩子的财产。}\n',
        "  []\n",
        "没有法律依据",
    ),
    "a missing reader": (MONEY, "for: [student, parent]", "for: [student, parent, school]", "缺少给“school”的回答"),
    "an overlong answer": (MONEY, "压岁钱送给你，就是你的。", "压岁钱是你的。" * 30, "最多 100 字"),
    "a dangling related topic": (MONEY, "related: [home.toys]", "related: [home.dog]", "“home.dog”不存在"),
    "an unknown hotline": (MONEY, 'hotlines: ["110"]', 'hotlines: ["999"]', "不认识的电话"),
    "a side of a topic that nothing leads to": (MONEY, "cues: [丢], ", "", "没有词"),
    "a side found by a group that is not there": (MONEY, "[prevention]", "[penalty]", "没有“penalty”这个词组"),
    "a side that rests on law the topic does not cite": (
        MONEY,
        "[civil:35]",
        "[civil:36]",
        "不在这个话题的 law 里",
    ),
    "a cue that no question holds once normalised": (MONEY, "花掉,", "“ＱＱ”,", "问话归一后没有"),
    "a cue that leads to two sides": (MONEY, "cues: [丢]", "cues: [花掉]", "已经属于侧面“spent”"),
    "two sides of one name": (MONEY, "id: lost", "id: spent", "侧面“spent”写了两次"),
    "a side whose name is no name": (MONEY, "id: lost", "id: 丢了", "写法不对"),
    "an overlong side": (MONEY, "花掉的要说清楚。", "花掉的要说清楚。" * 15, "最多 100 字"),
    "an edit of a side after the readings": (MONEY, "丢了就一起找。", "丢了就算了。", "审读后改过"),
    "a shared cue that no question holds": ("intents/dialogue.yaml", "提前", "ＡＢ", "问话归一后没有"),
    "a gloss of an article that is not there": ("knowledge/glosses/civil.yaml", '"35"', '"1261"', "没有第 1261 条"),
    "a gloss of an unknown source": ("knowledge/glosses/civil.yaml", "source: civil", "source: civl", "不认识的来源"),
    "an overlong gloss": ("knowledge/glosses/civil.yaml", "监护人", "监护人" * 100, "最多 250 字"),
    "an edit after the readings": (MONEY, "替孩子存好。", "替孩子花掉。", "审读后改过"),
    "a review past its date": (MONEY, "review_by: 2", "review_by: 1", "审读已过期"),
    "a source whose text nobody has compared": (
        "knowledge/sources/civil.yaml",
        "checked: 2026-11-21\n",
        "",
        "还没有人对照过",
    ),
    "a hotline not checked for a year": ("knowledge/hotlines/national.yaml", "2026-11-01", "2024-11-01", "上次核实"),
    "an example under two topics": (
        "intents/topics/home/toys.yaml",
        "examples:\n  anna:\n",
        "examples:\n  anna:\n    - 天翔第0件\n",
        "一样",
    ),
    "a test question among the examples": (
        "intents/topics/home/money.yaml",
        "examples:\n  anna:\n",
        "examples:\n  anna:\n    - 红包可以自己留着花吗？？\n",
        "测试题和",
    ),
    "too few examples": (
        "intents/topics/home/toys.yaml",
        _examples(5),
        "examples: {anna: [就这一句]}\n",
        "至少要 50 个",
    ),
    "a quiz question with no right answer": (ASKED, "right: true, ", "idea: 以为都行, ", "不合题型"),
    "a wrong option that names no misconception": (ASKED, "idea: 以为小孩不能有钱, ", "", "没写误解"),
    "a quiz question longer than a poll may be": (ASKED, "压岁钱是你的吗", "压岁钱是你的吗" * 50, "最多 300 字"),
    "an option longer than a poll may have": (ASKED, "text: 不对", f"text: {'不对' * 60}", "选项最多 100 字"),
    "an explanation longer than a poll may show": (ASKED, "压岁钱属于孩子", "压岁钱属于孩子" * 40, "讲解最多"),
    "a quiz question on a repealed law": (ASKED, '"civil:35"', '"civil-old:35"', "已废止"),
    "a quiz question on an article that is not there": (ASKED, '"civil:35"', '"civil:1261"', "不存在"),
    "two quiz questions of one name": (ASKED, "red-1", "red-0", "用了两次"),
    "a quiz that asks what is not in the bank": (QUIZZED, "red-4", "red-9", "没有“home.money/red-9”"),
    "a quiz for another age than its questions": (QUIZZED, '"10-12"', '"6-9"', "是给 10-12 的"),
    "a quiz too short to be one": (QUIZZED, ", home.money/red-4", "", "有 4 题"),
    "a misspelt field": (MONEY, "simple:", "simpel:", "没有这样的项"),
    "YAML that does not parse": (MONEY, "answers:\n", "answers: [\n", "不是正确的 YAML"),
    "a key written twice": (MONEY, "title: 压岁钱\n", "title: 压岁钱\ntitle: 红包\n", "写了两次"),
}


@pytest.mark.parametrize("case", BREAKS)
def test_the_check_finds(root: Path, case: str) -> None:
    path, old, new, expected = BREAKS[case]
    _change(root / path, old, new)

    found = [problem for problem in check_content(root) if expected in problem.what]

    assert found, check_content(root)
    assert all(_says_where_and_how(problem, root) for problem in found)


def _says_where_and_how(problem: Problem, root: Path) -> bool:
    return (root / problem.path).exists() and problem.line >= 1 and bool(problem.mend)


def test_another_cue_for_a_side_needs_no_new_reading(root: Path) -> None:
    _change(root / MONEY, "cues: [丢]", "cues: [丢, 找不到]")

    assert check_content(root) == []


def test_a_topic_without_sides_keeps_the_readings_it_had() -> None:
    assert "angles" not in Answer(short="压岁钱是你的。").shown()


def test_sides_shared_cues_and_whole_articles_are_exported(root: Path) -> None:
    data = exported(root)

    sides = [side for topic in data["topics"] for side in topic["answers"]["parent"]["angles"]]
    assert "spent" in [side["id"] for side in sides]
    assert data["cue_groups"]["prevention"]["none"] == ["已经"]
    assert [gloss["cite"] for gloss in data["glosses"]] == ["civil:35"]


def test_a_problem_names_the_line_of_what_is_wrong(root: Path) -> None:
    _change(root / MONEY, '"civil:35"', '"civil:1261"')

    (problem,) = [item for item in check_content(root) if "1261" in item.what and "没有第" in item.what]

    lines = (root / MONEY).read_text(encoding="utf-8").splitlines()
    assert "civil:1261" in lines[problem.line - 1]
