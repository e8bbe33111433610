"""Photos of activities: drawn anew and smaller, so that nothing stays of what the camera wrote into them."""

from __future__ import annotations

import io
import warnings

from bot.outreach.errors import OutreachError

#: Bytes that may be sent, pixels that are opened at all, and the longer side that is kept.
LARGEST, MOST_PIXELS, SIDE = 12 * 1024 * 1024, 60_000_000, 1280
_FORMS = ("JPEG", "PNG", "WEBP")


def cleaned(sent: bytes) -> bytes:
    """The photo as JPEG; takes a moment, so away from the event loop. Raises OutreachError."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(sent) > LARGEST:
        raise OutreachError("photo_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(sent), formats=_FORMS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise OutreachError("photo_large")
                opened.draft("RGB", (SIDE, SIDE))
                upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise OutreachError("photo") from None
    upright.thumbnail((SIDE, SIDE))
    kept = io.BytesIO()
    # Only what is seen goes into the new picture.
    Image.frombytes("RGB", upright.size, upright.tobytes()).save(kept, "JPEG", quality=82)
    return kept.getvalue()
