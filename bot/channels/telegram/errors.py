"""What can stop the channel, as typed errors whose text says what to do."""

from __future__ import annotations


class ChannelError(Exception):
    """The channel cannot run; ``key`` names the sentence that says why and how to mend it."""

    key = ""


class TokenMissingError(ChannelError):
    """There is no bot token."""

    key = "telegram.no_token"


class TokenRejectedError(ChannelError):
    """Telegram does not know the bot token."""

    key = "telegram.token_rejected"


class WebhookRejectedError(ChannelError):
    """Telegram refuses the webhook's address or secret."""

    key = "telegram.webhook_rejected"


class WebhookAddressError(ChannelError):
    """A webhook is asked for, and there is no public https address."""

    key = "telegram.webhook_needs_url"
