"""The web chat as its users meet it: in a real Chromium, with a phone, a keyboard, and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from bot.core.decision import Relayed, Reply
from bot.core.turn import LONGEST_READ

pytestmark = pytest.mark.browser
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
ELSEWHERE = re.compile("^http://elsewhere.localhost")


def ask(page, text: str):
    before = page.locator(".card").count()
    page.fill("#text", text)
    page.press("#text", "Enter")
    expect(page.locator(".card")).to_have_count(before + 1)
    return page.locator(".card").last


def test_a_pupil_asks_on_a_phone_and_unfolds_the_law(visit):
    page = visit(**PHONE)
    card = ask(page, "压岁钱归谁")
    expect(card.locator(".lead")).to_contain_text("压岁钱是你的")
    expect(card.locator("ol.steps > li")).to_have_count(2)
    quote = card.locator("blockquote")
    expect(quote).to_be_hidden()
    card.locator("summary").first.tap()
    expect(quote).to_be_visible()
    expect(card.locator(".contact").first).to_have_attribute("href", "tel:12355")
    expect(card.locator(".steps .number")).to_have_attribute("href", "tel:12348")


def test_unknown_hours_are_never_shown_as_open(visit, library):
    card = ask(visit(**PHONE), "压岁钱归谁")
    expect(card.locator("[href='tel:12355'] .badge")).to_have_text(library.messages["render.unknown_hours"])
    expect(card.locator("ul [href='tel:110'] .badge")).to_have_text(library.messages["render.open"])


def test_buttons_send_their_command(visit, talk):
    page = visit(**PHONE)
    page.get_by_role("button", name="我是家长").tap()
    expect(page.locator(".card .asks button").first).to_be_visible()
    expect(page.get_by_role("button", name="我是家长")).to_have_attribute("aria-pressed", "true")
    page.locator(".card .asks button").first.tap()
    expect(page.locator(".card")).to_have_count(2)
    assert [incoming.command for _, incoming in talk.heard] == ["role:parent", "topic:parent.child_bullied"]


def test_support_looks_different_and_puts_the_hotlines_first(visit):
    card = ask(visit(**PHONE), "他打我")
    assert "support" in card.get_attribute("class")
    call = card.locator("[href='tel:110']").first.bounding_box()
    assert call["y"] < card.locator(".steps").bounding_box()["y"]
    assert call["height"] >= 44
    expect(card.locator("[href='sms:12110']").first).to_be_visible()


def test_what_is_touched_is_large_enough(visit):
    page = visit(**PHONE)
    ask(page, "压岁钱归谁")
    ask(page, "我继父")
    for target in page.locator("button:visible, .contact, summary, .exit").all():
        assert target.bounding_box()["height"] >= 44


def test_double_escape_leaves_forgets_and_cannot_be_gone_back_from(visit, talk):
    page = visit()
    ask(page, "压岁钱归谁")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(ELSEWHERE)
    page.wait_for_function("document.body.textContent === 'elsewhere'")
    assert talk.forgotten == [talk.heard[0][0]]
    page.go_back()
    assert "压岁钱" not in page.content()


def test_the_exit_button_leaves_even_when_the_service_is_gone(visit):
    page = visit(**PHONE)
    page.route("**/api/**", lambda route: route.abort())
    page.locator("#exit").tap()
    page.wait_for_url(ELSEWHERE)
    visit.errors.clear()  # the aborted request is reported, rightly


def test_enter_that_ends_a_composition_sends_nothing(visit, talk):
    page = visit()
    page.focus("#text")
    keys = page.context.new_cdp_session(page)
    keys.send("Input.imeSetComposition", {"text": "yasuiqian", "selectionStart": 9, "selectionEnd": 9})
    page.keyboard.press("Enter")
    keys.send("Input.insertText", {"text": "压岁钱"})
    expect(page.locator("#text")).to_have_value(re.compile("压岁钱"))
    assert not talk.heard
    expect(page.locator(".you")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(1)


def test_an_enter_with_the_key_code_of_composing_sends_nothing(visit):
    page = visit()
    page.fill("#text", "压岁钱")
    page.evaluate(
        "document.getElementById('text').dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'Enter', keyCode: 229, bubbles: true, cancelable: true}))"
    )
    expect(page.locator("#text")).to_have_value("压岁钱")
    expect(page.locator(".you")).to_have_count(0)


def test_shift_enter_breaks_the_line_and_the_field_grows(visit):
    page = visit()
    low = page.locator("#text").bounding_box()["height"]
    page.fill("#text", "一")
    for _ in range(3):
        page.press("#text", "Shift+Enter")
    page.keyboard.type("二")
    assert page.input_value("#text").count("\n") == 3
    assert page.locator("#text").bounding_box()["height"] > low + 40


def test_the_limit_shows_only_near_it(visit):
    page = visit()
    page.fill("#text", "字" * 500)
    expect(page.locator("#count")).to_be_hidden()
    page.fill("#text", "字" * 950)
    expect(page.locator("#count")).to_contain_text("50")


def test_a_long_text_is_said_to_be_sent_and_is_sent_whole(visit, talk, library):
    page = visit(**PHONE)
    text = "字" * 1490 + "继父摸我下面"
    page.fill("#text", text)
    expect(page.locator("#count")).to_have_text(library.messages["web.beyond"])
    page.locator(".send").tap()
    expect(page.locator(".card.support")).to_be_visible()
    expect(page.locator(".said")).to_have_text(text)
    assert [incoming.text for _, incoming in talk.heard] == [text]


def test_what_is_too_long_to_be_read_stays_in_the_field_until_it_is_shorter(visit, talk, library):
    page = visit(**PHONE)
    page.fill("#text", "字" * (LONGEST_READ + 7))
    page.locator(".send").tap()
    said = library.messages["web.unsent"].format(n=7)
    expect(page.locator("#count")).to_have_text(said)
    expect(page.get_by_role("status")).to_have_text(said)
    assert len(page.input_value("#text")) == LONGEST_READ + 7
    expect(page.locator(".you")).to_have_count(0)
    page.press("#text", "End")
    for _ in range(7):
        page.press("#text", "Backspace")
    page.locator(".send").tap()
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator("#text")).to_have_value("")
    assert [len(incoming.text) for _, incoming in talk.heard] == [LONGEST_READ]


def test_an_emoji_counts_as_one(visit):
    page = visit()
    page.fill("#text", "😀" * 890)
    expect(page.locator("#count")).to_be_hidden()
    page.fill("#text", "😀" * 990)
    expect(page.locator("#count")).to_contain_text("10")


def test_the_whole_talk_works_by_keyboard(visit):
    page = visit()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type("手机")
    page.keyboard.press("Enter")
    choice = page.get_by_role("button", name="手机进校园")
    expect(choice).to_be_visible()
    while not choice.evaluate("node => node === document.activeElement"):
        page.keyboard.press("Shift+Tab")
    assert choice.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator(".card")).to_have_count(2)
    expect(page.locator(".card").last).to_be_focused()
    while not page.evaluate("document.activeElement.tagName === 'SUMMARY'"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("blockquote")).to_be_visible()


def test_without_scripts_the_whole_talk_works(visit, talk):
    page = visit(java_script_enabled=False, **PHONE)
    page.get_by_role("button", name="我是学生").tap()
    page.locator(".card .asks button").first.tap()
    expect(page.locator(".card .lead")).to_contain_text("压岁钱是你的")
    page.fill("#text", "压岁钱归谁")
    page.locator(".send").tap()
    expect(page.locator(".said")).to_have_text("压岁钱归谁")
    page.locator("summary").first.tap()
    expect(page.locator("blockquote")).to_be_visible()
    expect(page.locator(".contact").first).to_have_attribute("href", "tel:12355")
    page.locator("#forget").tap()
    page.get_by_role("button", name="删除").tap()
    expect(page.locator(".card")).to_contain_text("删除")
    assert len(talk.forgotten) == 1
    page.locator("#exit").tap()
    page.wait_for_url(ELSEWHERE)


def test_deleting_asks_first(visit, talk):
    page = visit()
    ask(page, "压岁钱归谁")
    page.locator("#forget").click()
    page.locator("dialog .plain").click()
    expect(page.locator(".card")).to_have_count(1)
    assert not talk.forgotten
    page.locator("#forget").click()
    page.locator("dialog .strong").click()
    expect(page.locator(".deleted")).to_be_visible()
    expect(page.locator(".card, .you")).to_have_count(0)
    assert len(talk.forgotten) == 1
    assert page.context.cookies() == []


def test_what_could_not_be_sent_stays_and_can_be_sent_again(visit, talk):
    page = visit()
    page.route("**/api/chat", lambda route: route.abort())
    page.fill("#text", "压岁钱归谁")
    page.press("#text", "Enter")
    expect(page.locator(".failed")).to_be_visible()
    expect(page.locator(".said")).to_have_text("压岁钱归谁")
    page.unroute("**/api/chat")
    page.locator(".failed button").click()
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator(".failed, .thinking")).to_have_count(0)
    assert len(talk.heard) == 1
    visit.errors.clear()  # the aborted request is reported, rightly


def test_waiting_is_shown_and_told(visit):
    page = visit()
    held = []
    page.route("**/api/chat", lambda route: held.append(route))  # noqa: PLW0108  (Playwright marks its handlers)
    page.fill("#text", "压岁钱归谁")
    page.press("#text", "Enter")
    expect(page.locator(".thinking")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("正在想…")
    assert page.locator(".thinking i").first.evaluate("node => getComputedStyle(node).animationName") == "none"
    held[0].continue_()
    expect(page.locator(".card")).to_have_count(1)
    expect(page.get_by_role("status")).to_have_text("")


def test_markup_that_somebody_types_stays_text(visit):
    page = visit()
    ask(page, "<img src=x onerror=alert(1)>")
    expect(page.locator(".said")).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".said img")).to_have_count(0)


def test_nothing_is_kept_in_the_browser_but_the_cookie(visit):
    page = visit()
    ask(page, "压岁钱归谁")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("document.cookie") == ""


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (640, 400), (1280, 800)])
def test_nothing_scrolls_sideways(visit, width, height):
    page = visit(viewport={"width": width, "height": height})
    ask(page, "他打我" + "a" * 200)
    ask(page, "我继父")
    ask(page, "压岁钱归谁")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect(page.locator("#exit")).to_be_in_viewport()


def letters_twice_as_large(page):
    page.evaluate("document.documentElement.style.fontSize = '200%'")


@pytest.mark.parametrize(
    ("size", "enlarge"), [((360, 640), letters_twice_as_large), ((180, 320), lambda page: None)], ids=["text", "zoom"]
)
def test_twice_as_large_the_way_out_never_lies_on_the_name_and_stays_in_reach(visit, talk, size, enlarge):
    page = visit(viewport={"width": size[0], "height": size[1]})
    enlarge(page)
    ask(page, "我继父")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    name, way_out = (page.locator(place).bounding_box() for place in (".brand strong", "#exit"))
    beside = name["x"] + name["width"] <= way_out["x"]
    above = name["y"] + name["height"] <= way_out["y"]
    assert beside or above
    expect(page.locator("#exit")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.locator("#exit").click()
    page.wait_for_url(ELSEWHERE)
    assert len(talk.forgotten) == 1


def test_print_shows_the_answer_without_the_controls(visit):
    page = visit()
    ask(page, "压岁钱归谁")
    page.emulate_media(media="print")
    expect(page.locator(".card .lead")).to_be_visible()
    expect(page.locator(".exit")).to_be_hidden()
    expect(page.locator(".composer")).to_be_hidden()


COLOURS = """node => {
  const own = getComputedStyle(node).color;
  let place = node;
  while (getComputedStyle(place).backgroundColor === 'rgba(0, 0, 0, 0)') place = place.parentElement;
  return [own, getComputedStyle(place).backgroundColor];
}"""
READ = (
    "h1, .intro, .hint, #who, .roles button, .asks button, .brand small, .exit, .send, .links a, .said, .lead, "
    ".card h2, .card h3, .steps li, .law summary, .source, .digits, .contact b, .purpose, .badge, .act, "
    ".chips button, .banner, .clock, .code h3, .code p, .calling, .from b, .from .at, .person .lead, .relayed"
)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it, from 0 to 1."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_enough_contrast(visit, scheme, talk, write):
    page = visit(color_scheme=scheme)
    ask(page, "我继父")
    write(talk.heard[0][0], Relayed(Reply("我在。")))
    page.locator(".card.person").wait_for()
    page.fill("#text", "你在吗")
    page.press("#text", "Enter")
    page.locator(".relayed").wait_for()
    ask(page, "压岁钱归谁").locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    ask(page, "他打我")
    page.mouse.move(0, 0)
    pairs = {tuple(colours) for colours in (node.evaluate(COLOURS) for node in page.locator(READ).all())}
    assert len(pairs) > 10
    assert {pair: contrast(*pair) for pair in pairs if contrast(*pair) < 4.5} == {}


def test_dark_and_light_differ(visit):
    papers = [
        visit(color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    ]
    assert luminance(papers[0]) > 0.8
    assert luminance(papers[1]) < 0.1
