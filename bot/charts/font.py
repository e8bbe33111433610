"""The font of charts, and whether this machine can write Chinese."""

from __future__ import annotations

import vl_convert

FONT = (
    "Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, Source Han Sans CN, PingFang SC, HarmonyOS Sans SC, "
    "Microsoft YaHei, WenQuanYi Zen Hei, WenQuanYi Micro Hei, sans-serif"
)
#: Two characters that any Chinese font tells apart.
_ONE, _OTHER = "法", "护"


def writes_chinese() -> bool:
    """Whether some font of this machine has Chinese characters: without one, both look the same."""
    return _glyph(_ONE) != _glyph(_OTHER)


def _glyph(character: str) -> bytes:
    text = f'<text x="2" y="22" font-size="20" font-family="{FONT}">{character}</text>'
    return bytes(vl_convert.svg_to_png(f'<svg xmlns="http://www.w3.org/2000/svg" width="24" height="28">{text}</svg>'))
