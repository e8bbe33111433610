"""Teaching, as supervisors and vice principals do it with a browser without scripts."""

import datetime as dt
import html
import io
import re

import pytest
from openpyxl import load_workbook
from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot.content.load import Reader, load_bank, read_library
from bot.core.school_days import Calendar
from bot.staff.accounts import make_setup_link
from bot.staff.teach.site import TeachWith, create_teach
from bot.storage.audit import AuditLog
from bot.storage.staff import StaffRecords
from bot.teaching.classes import Classes
from bot.teaching.plan import Plan, QuietHours
from bot.teaching.pushes import PushWork
from bot.teaching.results import ClassResults
from bot.teaching.shelf import Shelf
from bot.web.headers import SecurityHeaders

from .conftest import ROOT, joined

HERE = "/staff/teach"
QUIZ = "bullying-10-12"
QUESTION = {
    "band": "10-12",
    "type": "true_false",
    "difficulty": "1",
    "ask": "帮人收快递没有关系。",
    "right_b": "1",
    "why_a": "里面的东西可能害了你。",
    "explain": "不知道是什么的东西不替人收。",
}


@pytest.fixture(scope="session")
def library():
    return read_library(Reader(ROOT))


@pytest.fixture(scope="session")
def bank():
    return load_bank(ROOT)


@pytest.fixture
def two_people():
    return False


@pytest.fixture
def app(site, store, clock, *, library, bank, two_people):
    plan = Plan(clock().tzinfo, QuietHours.read("21:00-07:30"), Calendar)
    audit, shelf = AuditLog(store), Shelf(store, lambda: bank)
    given = TeachWith(
        store=store,
        audit=audit,
        library=lambda: library,
        bank=lambda: bank,
        classes=Classes(store, audit),
        pushes=PushWork(store, shelf, lambda: library, plan, audit, two_people),
        results=ClassResults(store, lambda: library),
        now=clock,
        public_url="https://fa.example",
        bot_name=lambda: "faxiaohu_bot",
    )
    routes = [*site.routes, *create_teach(site, given)]
    app = Starlette(routes=routes, middleware=[Middleware(SecurityHeaders)])
    site.join(app)
    return app


@pytest.fixture
async def boss(store, new_person, app):
    person = new_person(over=app)
    await person.enrol(await make_setup_link(store), name="zhou", display="周主管")
    return person


@pytest.fixture
def new_teacher(boss, new_person, app, store):
    """Makes vice principals; each knows their row."""

    async def make(name, *schools):
        person = await joined(boss, new_person(f"10.2.2.{len(name)}", over=app), name, "vice_principal")
        person.row = next(member.id for member in await StaffRecords(store).members() if member.name == name)
        for school in schools:
            await boss.send(f"{HERE}/schools/{school}/appoint", staff=str(person.row), instead_of="")
        return person

    return make


@pytest.fixture
async def school(boss):
    return await made_school(boss, "示范县第一小学")


@pytest.fixture
async def chen(new_teacher, school):
    return await new_teacher("chen", school)


@pytest.fixture
async def class_(chen, school):
    return await made_class(chen, school)


async def made_school(boss, name):
    page = await boss.send(f"{HERE}/schools", name=name, region="")
    return int(re.search(r"/schools/(\d+)", str(page.url))[1])


async def made_class(teacher, school, name="五年级2班"):
    page = await teacher.send(f"{HERE}/classes", school=str(school), name=name, band="10-12")
    return int(re.search(r"/classes/(\d+)", str(page.url))[1])


def push_of(class_, **changed):
    base = {"kind": "quiz", "subject": QUIZ, "title": "", "text": "", f"c:{class_}": "1", "r:student": "1"}
    return {**base, "when": "now", "close_hours": "72", "remind_hours": "24", "do": "send", **changed}


def hidden(page, name):
    return html.unescape(re.search(rf'name="{name}" value="([^"]*)"', page.text)[1])


def code_of(page):
    return re.search(r'class="code">([^<]+)<', page.text)[1]


def order_on(page):
    listed = re.search(r'<ol class="in-order">(.*?)</ol>', page.text)
    return re.findall(r"<li>(?:\S+ )?(\S+?)(?: <span.*?)?</li>", listed[1]) if listed else []


async def test_a_supervisor_appoints_and_a_vice_principal_makes_a_class(chen, class_, messages):
    page = await chen.see(f"{HERE}/classes/{class_}")
    assert "五年级2班" in page.text
    code = code_of(page).replace(" ", "")
    assert f"https://fa.example/class/{code}" in page.text
    assert f"https://t.me/faxiaohu_bot?start=join_{code}" in page.text
    poster = await chen.see(f"{HERE}/classes/{class_}/poster")
    assert 'class="qr"' in poster.text
    assert "12309" in poster.text


async def test_a_vice_principal_sees_no_other_school(chen, class_, new_teacher, boss):
    other = await new_teacher("wang", await made_school(boss, "示范县第三中学"))
    for path in (f"/classes/{class_}", f"/classes/{class_}/poster", "/classes/999", "/pushes/1", "/room/1/1"):
        assert (await other.see(HERE + path)).status_code == 404
    await other.send(f"{HERE}/classes/{class_}/archive", sure="1")
    assert (await chen.see(f"{HERE}/classes/{class_}/poster")).status_code == 200
    refused = await other.send(f"{HERE}/pushes/new", **push_of(class_))
    assert refused.status_code == 400


async def test_schools_are_for_supervisors_and_classes_for_vice_principals(chen, class_, boss, school):
    assert (await chen.see(f"{HERE}/schools")).status_code == 403
    assert (await boss.see(f"{HERE}/classes/{class_}")).status_code == 403
    page = await boss.see(f"{HERE}/schools/{school}")
    assert "五年级2班" in page.text


async def test_handing_over_gives_the_classes_to_the_new_one(chen, class_, school, *, new_teacher, boss):
    wang = await new_teacher("wang")
    await boss.send(f"{HERE}/schools/{school}/appoint", staff=str(wang.row), instead_of=str(chen.row))
    assert (await wang.see(f"{HERE}/classes/{class_}")).status_code == 200
    assert (await chen.see(f"{HERE}/classes/{class_}")).status_code == 404


async def test_a_new_code_replaces_the_old_once_it_was_confirmed(chen, class_):
    before = code_of(await chen.see(f"{HERE}/classes/{class_}"))
    assert code_of(await chen.send(f"{HERE}/classes/{class_}/code")) == before
    assert code_of(await chen.send(f"{HERE}/classes/{class_}/code", sure="1")) != before


async def test_every_quiz_has_a_preview_and_a_paper(chen, bank):
    for name in bank.quizzes:
        assert (await chen.see(f"{HERE}/quizzes/{name}")).status_code == 200
        assert (await chen.see(f"{HERE}/quizzes/{name}/paper")).status_code == 200
    assert (await chen.see(f"{HERE}/quizzes/no-such")).status_code == 404


async def test_the_pupils_paper_does_not_tell_the_answers(chen, bank):
    page = await chen.see(f"{HERE}/quizzes/{QUIZ}/paper?part=pupil")
    question = bank.questions[bank.quizzes[QUIZ].questions[0]]
    assert html.escape(question.ask, quote=False) in html.unescape(page.text)
    assert question.explain not in page.text


async def test_a_question_is_looked_at_then_kept_and_asked_in_a_quiz(chen, messages):
    look = await chen.send(f"{HERE}/questions/new", do="look", **QUESTION)
    assert messages["teach_pages.question_look"] in look.text
    assert QUESTION["ask"] not in (await chen.see(f"{HERE}/questions")).text
    page = await chen.send(f"{HERE}/questions/new", do="keep", **QUESTION)
    assert QUESTION["ask"] in page.text
    quiz = await chen.send(f"{HERE}/quizzes/new", title="我们的约定", intro="", band="10-12", **{"q:own/1": "1"})
    assert str(quiz.url).endswith("/quizzes/own:1?done=quiz")
    assert QUESTION["ask"] in quiz.text
    kept = await chen.send(f"{HERE}/questions/1/drop")
    assert "我们的约定" in kept.text


async def test_a_question_that_is_none_says_what_is_missing(chen, messages):
    page = await chen.send(f"{HERE}/questions/new", do="look", **{**QUESTION, "right_b": "", "law": "第一法第1条"})
    assert page.status_code == 400
    assert messages["teach_own.flaw_answer"] in page.text
    assert QUESTION["ask"] in page.text


async def test_colleagues_do_not_see_each_others_questions(chen, school, new_teacher):
    await chen.send(f"{HERE}/questions/new", do="keep", **QUESTION)
    await chen.send(f"{HERE}/quizzes/new", title="我的", intro="", band="10-12", **{"q:own/1": "1"})
    wang = await new_teacher("wang", school)
    for path in ("/questions/1", "/quizzes/own:1", "/quizzes/own/1", "/quizzes/own:1/paper"):
        assert (await wang.see(HERE + path)).status_code == 404
    stolen = await wang.send(f"{HERE}/quizzes/new", title="偷来的", intro="", band="10-12", **{"q:own/1": "1"})
    assert stolen.status_code == 400


async def test_a_spreadsheet_is_read_shown_and_kept(chen):
    template = (await chen.see(f"{HERE}/questions/upload/template.xlsx")).content
    book = load_workbook(io.BytesIO(template))
    del book[book.worksheets[0].title]
    book.worksheets[0].append(["10-12", "单选", 1, "=1+1"])
    filled = io.BytesIO()
    book.save(filled)
    sent = {"file": ("questions.xlsx", filled.getvalue())}
    page = await chen.http.post(f"{HERE}/questions/upload", files=sent)
    assert re.search(r"<td>[^<]*4[^<]*</td><td>D ", page.text)
    kept = await chen.send(f"{HERE}/questions/upload/keep", body=hidden(page, "body"))
    assert kept.text.count('class="question"') == 2


async def test_a_file_that_is_too_large_or_no_spreadsheet_is_refused_kindly(chen, messages):
    for data, key in ((b"0" * (3 * 1024 * 1024), "file_large"), (b"junk", "file_not_a_sheet")):
        page = await chen.http.post(f"{HERE}/questions/upload", files={"file": ("q.xlsx", data)})
        assert page.status_code == 400
        assert messages[f"teach_own.{key}"].format(most=2) in page.text


async def test_what_a_preview_sends_back_is_checked_again(chen):
    assert (await chen.send(f"{HERE}/questions/upload/keep", body="[]")).status_code == 400
    bad = '[{"id":"own","band":"10-12","type":"single","difficulty":1,"ask":"问","options":[],"explain":"讲"}]'
    assert (await chen.send(f"{HERE}/questions/upload/keep", body=bad)).status_code == 400


async def test_a_push_is_looked_at_then_sent_paused_and_cancelled(chen, class_, messages):
    look = await chen.send(f"{HERE}/pushes/new", **push_of(class_, do="look"))
    assert messages["teach_pages.look_at_once"] in look.text
    sent = await chen.send(f"{HERE}/pushes/new", **push_of(class_))
    assert messages["teach_pages.done_push_scheduled"] in sent.text
    one = str(sent.url).partition("?")[0].removeprefix("http://test")
    for act, state in (("pause", "paused"), ("resume", "scheduled"), ("cancel", "cancelled")):
        page = await chen.send(f"{one}/{act}")
        assert messages[f"teach_push.state_{state}"] in page.text
    assert (await chen.send(f"{one}/resume")).status_code == 400
    assert (await chen.send(f"{one}/explode")).status_code == 404


async def test_a_push_on_a_sunday_night_shows_the_school_morning(chen, class_, clock, messages):
    typed = {"when": "at", "at": "2026-11-28T22:00", "do": "look"}
    look = await chen.send(f"{HERE}/pushes/new", **push_of(class_, **typed))
    assert messages["teach_pages.look_moved"] in look.text
    back = await chen.send(f"{HERE}/pushes/new", **push_of(class_, **{**typed, "do": "back"}))
    assert "2026-11-28T22:00" in back.text


@pytest.mark.parametrize(
    "wrong", [{"at": "soon", "when": "at"}, {"close_hours": "0"}, {"r:student": ""}, {"subject": "x"}]
)
async def test_a_push_that_cannot_be_says_why_and_keeps_what_was_typed(chen, class_, wrong):
    page = await chen.send(f"{HERE}/pushes/new", **push_of(class_, text="先试试看", **wrong))
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert "先试试看" in page.text


async def test_everything_that_is_wrong_with_a_push_is_told_together(chen, class_, messages):
    wrong = {"subject": "", "r:student": "", "when": "at", "at": "2020-01-01T08:00", f"o:{class_}": "x"}
    page = await chen.send(f"{HERE}/pushes/new", **push_of(class_, **wrong))
    assert page.status_code == 400
    keys = (
        "teach_push.quiz_unchosen",
        "teach_push.readers",
        "teach_pages.push_at_past",
        "teach_pages.push_place_wrong",
    )
    assert [key for key in keys if f"<li>{messages[key]}</li>" in page.text] == list(keys)


async def test_a_draft_that_is_due_is_changed_without_a_past_time(chen, class_, clock):
    draft = await chen.send(f"{HERE}/pushes/new", **push_of(class_, do="draft"))
    clock.time += dt.timedelta(hours=2)
    form = await chen.see(f"{str(draft.url).partition('?')[0].removeprefix('http://test')}/edit")
    assert re.search(r'name="when" value="now" checked', form.text)


async def test_before_a_push_goes_out_one_sees_how_many_get_it_and_what_speaks_against_it(chen, class_, messages):
    doubts = messages["teach_pages.look_doubts"]
    look = await chen.send(f"{HERE}/pushes/new", **push_of(class_, subject="bullying-16-18", do="look"))
    assert messages["teach_push.many_student"].format(count=0) in look.text
    assert doubts in look.text
    assert re.findall(r'class="(?:strong|plain)" name="do" value="(\w+)"', look.text) == ["back", "send", "draft"]
    draft = await chen.send(f"{HERE}/pushes/new", **push_of(class_, subject="bullying-16-18", do="draft"))
    assert doubts in draft.text
    sent = await chen.send(f"{HERE}/pushes/new", **push_of(class_, subject="bullying-16-18"))
    assert messages["teach_pages.done_push_scheduled"] in sent.text
    assert doubts not in sent.text


@pytest.mark.parametrize("two_people", [True])
async def test_whoever_approves_sees_what_speaks_against_it_too(chen, class_, boss, messages):
    sent = await chen.send(f"{HERE}/pushes/new", **push_of(class_, subject="mandatory-reporting-staff"))
    page = await boss.see(str(sent.url).partition("?")[0].removeprefix("http://test"))
    values = {"band": messages["teach_own.band_staff"], "readers": messages["teach_chat.reader_student"]}
    assert messages["teach_push.doubt_reader"].format(**values) in page.text


async def test_classes_are_put_in_order_by_numbers_and_pages_tell_it(chen, class_, school, messages):
    names = {class_: "五年级2班"} | {await made_class(chen, school, name): name for name in ("一班", "二班", "三班")}
    two, one, last, third = names
    ticked = {f"c:{number}": "1" for number in names}
    placed = {f"o:{two}": "", f"o:{one}": "2", f"o:{last}": "", f"o:{third}": " 1 "}
    look = await chen.send(f"{HERE}/pushes/new", **push_of(class_, **ticked, **placed, do="look"))
    in_order = [names[number] for number in (third, one, two, last)]
    assert order_on(look) == in_order
    draft = await chen.send(f"{HERE}/pushes/new", **push_of(class_, **ticked, **placed, do="draft"))
    assert order_on(draft) == in_order
    push = str(draft.url).partition("?")[0].removeprefix("http://test")
    form = await chen.see(f"{push}/edit")
    kept = {f"o:{number}": hidden(form, f"o:{number}") for number in names}
    assert kept == {f"o:{third}": "1", f"o:{one}": "2", f"o:{two}": "3", f"o:{last}": "4"}
    again = await chen.send(f"{push}/edit", **push_of(class_, **ticked, **(kept | {f"o:{last}": "2"})))
    assert order_on(again) == [names[number] for number in (third, one, last, two)]


@pytest.mark.parametrize("place", ["0", "-1", "1.5", "第一", "100", "1" * 400])
async def test_a_number_that_is_no_place_is_told_and_kept(chen, class_, messages, place):
    page = await chen.send(f"{HERE}/pushes/new", **push_of(class_, **{f"o:{class_}": place}))
    assert page.status_code == 400
    assert messages["teach_pages.push_place_wrong"] in page.text


async def test_the_number_of_a_class_that_is_not_ticked_counts_for_nothing(chen, class_, school):
    other = await made_class(chen, school, "一班")
    sent = await chen.send(f"{HERE}/pushes/new", **push_of(class_, **{f"o:{other}": "0"}))
    assert order_on(sent) == []
    assert "一班" not in sent.text


@pytest.mark.parametrize("two_people", [True])
async def test_a_second_person_approves(chen, class_, boss, messages):
    sent = await chen.send(f"{HERE}/pushes/new", **push_of(class_))
    assert messages["teach_pages.done_push_asked"] in sent.text
    one = str(sent.url).partition("?")[0].removeprefix("http://test")
    assert (await chen.send(f"{one}/approve")).status_code == 400
    assert one in (await boss.see(f"{HERE}/pushes")).text
    page = await boss.send(f"{one}/approve")
    assert messages["teach_push.state_scheduled"] in page.text


async def test_hands_are_counted_on_the_wall_and_become_results(chen, class_, bank, messages):
    begun = await chen.send(f"{HERE}/quizzes/{QUIZ}/room", **{"class": str(class_), "present": "30"})
    room = str(begun.url).removeprefix("http://test")
    question = bank.questions[bank.quizzes[QUIZ].questions[0]]
    asked = await chen.see(f"{room}?q=1")
    assert question.explain not in asked.text
    shown = await chen.send(f"{room}/count/1", hands_0="8", hands_1="20")
    assert question.explain in shown.text
    assert 'value="20"' in shown.text
    for hands in ("31", "x"):
        assert (await chen.send(f"{room}/count/1", hands_0=hands, hands_1="20")).status_code == 400
    assert (await chen.send(f"{room}/count/99", hands_0="1")).status_code == 404
    results = await chen.see(f"{HERE}/results")
    assert bank.quizzes[QUIZ].title in results.text


async def test_a_slip_on_the_wall_gives_no_answer_away(chen, class_):
    begun = await chen.send(f"{HERE}/quizzes/{QUIZ}/room", **{"class": str(class_), "present": "30"})
    room = str(begun.url).removeprefix("http://test")
    for hands in ("", "-1", "31"):
        slip = await chen.send(f"{room}/count/1", hands_0=hands)
        assert slip.status_code == 400
        assert "tickmark" not in slip.text
    assert "tickmark" in (await chen.send(f"{room}/count/1", hands_0="", shown="1")).text


async def test_a_lesson_in_which_nothing_was_counted_is_no_result(chen, class_):
    begun = await chen.send(f"{HERE}/quizzes/{QUIZ}/room", **{"class": str(class_), "present": "30"})
    room = str(begun.url).removeprefix("http://test")
    run = room.split("/")[-2]
    assert f"{HERE}/results/{run}" not in (await chen.see(f"{HERE}/results")).text
    await chen.send(f"{room}/count/1", hands_0="8", hands_1="20")
    assert f"{HERE}/results/{run}" in (await chen.see(f"{HERE}/results")).text


async def test_nobody_else_sees_a_room(chen, class_, boss, new_teacher):
    begun = await chen.send(f"{HERE}/quizzes/{QUIZ}/room", **{"class": str(class_), "present": "30"})
    other = await new_teacher("wang", await made_school(boss, "示范县第三中学"))
    assert (await other.see(str(begun.url).removeprefix("http://test"))).status_code == 404


async def test_another_sites_page_cannot_act(chen, class_):
    for path in (f"/classes/{class_}/archive", "/pushes/new", "/questions/upload", "/questions/upload/keep", "/chat"):
        page = await chen.http.post(HERE + path, data={"sure": "1"}, headers={"sec-fetch-site": "cross-site"})
        assert page.status_code == 403
    assert (await chen.see(f"{HERE}/classes/{class_}/poster")).status_code == 200


async def test_without_a_school_the_page_says_what_to_wait_for(new_teacher, messages):
    page = await (await new_teacher("wang")).see(HERE)
    assert messages["teach_pages.no_school_yet"] in page.text
