"""One-time codes of an authenticator app (TOTP), and the picture that an app reads."""

from __future__ import annotations

import datetime as dt
import hmac
import re
import unicodedata

import pyotp
import segno

_SECRET = re.compile(r"[A-Z2-7]{32}")
_CODE = re.compile(r"[0-9]{6}")
#: How many steps of 30 seconds a clock may be off, either way.
_OFF = 1


def new_secret() -> str:
    """A random secret of 160 bits in base32."""
    return pyotp.random_base32()


def is_secret(text: str) -> bool:
    """Whether a form gave back a secret as ``new_secret`` makes them."""
    return _SECRET.fullmatch(text) is not None


def address(secret: str, label: str, issuer: str) -> str:
    """The ``otpauth:`` address that sets up an app."""
    return pyotp.TOTP(secret).provisioning_uri(name=label, issuer_name=issuer)


def picture(address_: str) -> str:
    """The address as a QR code: an SVG element, black on white in any theme."""
    made = segno.make(address_, error="m", micro=False)
    return made.svg_inline(border=3, light="#fff", dark="#000", svgclass="qr", lineclass=None, omitsize=True)


def step_of(secret: str, code: str, now: dt.datetime) -> int | None:
    """The time step whose code this is, one step early or late allowed; None where it is none.

    Full-width digits and spaces are accepted.
    """
    typed = "".join(unicodedata.normalize("NFKC", code).split())
    if not _CODE.fullmatch(typed):
        return None
    totp = pyotp.TOTP(secret)
    middle = int(now.timestamp()) // totp.interval
    fitting = (step for step in range(middle - _OFF, middle + _OFF + 1) if _same(totp.generate_otp(step), typed))
    return max(fitting, default=None)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one, other)
