"""The Telegram channel: all that knows of python-telegram-bot and the Bot API."""

import os

# python-telegram-bot reads this whenever it returns a duration, and warns without it.
os.environ.setdefault("PTB_TIMEDELTA", "true")

#: The channel's name in the inbox, the outbox and the keys of talks.
CHANNEL = "telegram"
