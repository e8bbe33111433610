"""Nothing that a child or a person on duty wrote can be read in the data folder or in the logs, whenever one looks."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.content.build import Service
from tests.whole.conftest import Place, Serve
from tests.whole.desk import Desk, at_desk
from tests.whole.markers import number_spellings, readable, spellings
from tests.whole.telegram import TOKEN, Telegram
from tests.whole.waiting import eventually
from tests.whole.web import web_child

pytestmark = pytest.mark.slow
MARKER, ANSWERED, NOTED = "紫河马星期八过桥", "青石阶第七盏灯笼", "灰雨燕停在钟楼上"
#: As large as the numbers that Telegram gives today.
PUPIL = 7_346_195_821


async def test_no_spelling_of_what_was_said_is_found(
    serve: Serve, telegram: Telegram, service: Service, tmp_path: Path
) -> None:
    place = await serve(telegram_token=SecretStr(TOKEN), telegram_api=telegram.url, log_level="DEBUG")
    async with at_desk(place.running.address, place.counsellor) as desk:
        code = await _in_the_web(place, desk)
        await _in_telegram(place, telegram, desk, service.library.messages)
        wanted = _wanted(code)

        assert readable(place.running.settings.data_dir, wanted) == []
        await place.running.kill()
        assert readable(tmp_path, wanted) == []
        await place.running.start()
        for case in {alert.case for alert in place.receiver.alerts}:
            await desk.close(case)
    await place.running.stop()

    assert readable(tmp_path, wanted) == []
    assert not [alert for alert in place.receiver.alerts if MARKER in alert.text or MARKER in alert.raw]


@pytest.mark.parametrize("around", ["{}", "x{}y", '{{"text": "啊{}"}}'])
def test_the_search_finds_every_spelling(tmp_path: Path, around: str) -> None:
    for number, spelling in enumerate(spellings(around.format(MARKER)).values()):
        (tmp_path / str(number)).write_bytes(b"\0" * 100 + spelling)

    found = readable(tmp_path, spellings(MARKER))

    assert {place.partition(":")[0] for place in found} == {path.name for path in tmp_path.iterdir()}


async def _in_the_web(place: Place, desk: Desk) -> str:
    """A disclosure with the marker, an answer and a note; gives the code of return."""
    async with web_child(place.running.address) as child:
        told = await child.says(f"我继父昨晚又摸我，他说这叫{MARKER}")
        case = (await eventually(lambda: place.receiver.alerts))[0].case
        await desk.claim(case)
        await desk.answer(case, f"我在。{ANSWERED}")
        await eventually(lambda: [letter for letter in child.letters if ANSWERED in letter.text])
        await child.says(f"他还说{MARKER}")
        await desk.note(case, f"孩子提到{NOTED}")
    return str(told["receipt"]["code"])


async def _in_telegram(place: Place, telegram: Telegram, desk: Desk, say: dict[str, str]) -> None:
    known = {alert.case for alert in place.receiver.alerts}
    telegram.user_says(PUPIL, PUPIL, f"压岁钱归谁 {MARKER}")
    telegram.user_says(PUPIL, PUPIL, f"我继父昨晚又摸我，他说这叫{MARKER}")
    await eventually(lambda: telegram.shown(PUPIL, say["receipt.code_message"]))
    alert = (await eventually(lambda: [each for each in place.receiver.alerts if each.case not in known]))[0]
    await desk.claim(alert.case)
    await desk.answer(alert.case, f"我在。{ANSWERED}")
    await eventually(lambda: telegram.shown(PUPIL, ANSWERED))


def _wanted(code: str) -> dict[str, bytes]:
    texts = (MARKER, ANSWERED, NOTED, code, code.replace(" ", ""))
    found = {f"{text} in {name}": data for text in texts for name, data in spellings(text).items()}
    return found | {f"the chat in {name}": data for name, data in number_spellings(PUPIL).items()}
