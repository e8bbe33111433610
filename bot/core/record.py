"""What all content is made of: frozen records, in which a misspelt field is an error."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Record(BaseModel):
    """Base of all content: frozen, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
