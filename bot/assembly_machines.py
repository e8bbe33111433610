"""Puts together what machines read: the API, the metrics, and the scorecard where one was made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.api.scorecard import scorecard_routes
from bot.api.site import ApiWith, create_api
from bot.core.content_types import Library
from bot.metrics.site import Metrics
from bot.metrics.state import Lookout, Status
from bot.outreach.queries import OutreachFigures
from bot.settings import Settings
from bot.storage.store import Store
from bot.web.client import networks


@dataclass(slots=True)
class MachineParts:
    """What machines read of a running service. ``channels`` are those with senders of their own."""

    settings: Settings
    store: Store
    library: Callable[[], Library]
    now: Callable[[], dt.datetime]
    status: Status
    channels: Collection[str] = ()
    figures: OutreachFigures = field(init=False)
    metrics: Metrics = field(init=False)

    def __post_init__(self) -> None:
        token = self.settings.metrics_token
        self.figures = OutreachFigures(self.store, self.now, self.settings.region)
        lookout = Lookout(self.store, self.figures, self.status, self.channels)
        self.metrics = Metrics(lookout, token.get_secret_value() if token else "")

    def routes(self) -> tuple[BaseRoute, ...]:
        """All of it. Raises ValueError for a wrong trusted proxy."""
        trusted = networks(self.settings.proxies)
        api = create_api(ApiWith(self.store, self.figures, self.library, self.now, trusted))
        return (api, *self.metrics.routes(), *scorecard_routes(self.settings.data_dir, lambda: self.library().messages))

    def time(self, web: Starlette) -> None:
        """Time the requests of this application; before it serves."""
        self.metrics.time(web)
