"""The door: who comes in, where the others are sent, and what another site cannot do."""

import pytest

from bot.staff.gate import safe_next

from .conftest import application, joined


@pytest.mark.parametrize("path", ["/staff", "/staff/people", "/staff/password", "/desk/case/7?from=alert"])
async def test_without_a_session_every_page_leads_to_the_sign_in(new_person, path):
    page = await new_person().http.get(path)
    assert page.status_code == 303
    assert page.headers["location"].startswith("/staff/sign-in?next=/")


async def test_after_signing_in_one_is_where_one_wanted_to_be(supervisor):
    await supervisor.send("/staff/sign-out")
    page = await supervisor.see("/desk/case/7")
    assert 'name="next" value="/desk/case/7"' in page.text
    assert (await supervisor.sign_in(next="/desk/case/7")).text == "1"


@pytest.mark.parametrize(
    "path",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "/staffx", "/desk//evil", "", "/staff/\n", "/"],
)
def test_signing_in_never_leads_to_another_site(path):
    assert safe_next(path) == "/staff"


async def test_a_script_is_told_in_json(supervisor, new_person):
    assert (await new_person().http.get("/desk/api/queue")).status_code == 401
    person = await joined(supervisor, new_person(), "li")
    refused = await person.http.get("/desk/api/queue")
    assert (refused.status_code, refused.json()) == (403, {"error": 403})


async def test_a_link_in_another_site_does_not_look_like_signed_out(new_person):
    """A strict cookie stays behind when a web mail leads here: our own page then asks again, with it."""
    page = await new_person().http.get("/desk/case/7", headers={"sec-fetch-site": "cross-site"})
    assert page.status_code == 200
    assert 'content="0; url=/desk/case/7"' in page.text


@pytest.mark.parametrize("path", ["/staff/sign-in", "/staff/sign-out", "/staff/people/2/disable", "/staff/password"])
async def test_another_sites_form_is_refused(supervisor, path):
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        page = await supervisor.http.post(path, data={}, headers=headers)
        assert page.status_code == 403
    assert (await supervisor.see("/staff")).status_code == 200


async def test_the_cookie_is_for_this_host_and_no_script(make_site, supervisor, new_person):
    await supervisor.send("/staff/sign-out")
    code = supervisor.code()
    form = {"name": "zhou", "password": supervisor.password, "next": ""}
    page = await supervisor.http.post("/staff/sign-in", data={**form, "code": code})
    parts = page.headers["set-cookie"].lower()
    assert parts.startswith("staff=")
    assert "httponly" in parts
    assert "samesite=strict" in parts
    assert "max-age" not in parts
    secure = new_person(over=application(make_site(secure_cookies=True)))
    page = await secure.http.post("/staff/sign-in", data={**form, "code": supervisor.code()})
    parts = page.headers["set-cookie"].lower()
    assert parts.startswith("__host-staff=")
    assert "secure" in parts
    assert "path=/" in parts


@pytest.mark.parametrize("path", ["/staff/sign-in", "/staff/recover"])
async def test_pages_need_no_script_and_no_inline_style(new_person, path):
    page = await new_person().see(path)
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert page.headers["cache-control"] == "no-store"


async def test_a_form_that_is_too_large_is_refused(new_person):
    assert (await new_person().send("/staff/sign-in", name="x" * 20_000)).status_code == 413


async def test_links_carry_the_public_address(make_site, supervisor, new_person):
    person = new_person(over=application(make_site(public_url="https://example.org/")))
    person.http.cookies = supervisor.http.cookies
    post = {"display": "李", "role": "counsellor", "line": "1", "region": "", "school": ""}
    page = await person.send("/staff/people/invite", name="li", **post)
    assert "https://example.org/staff/join/" in page.text
