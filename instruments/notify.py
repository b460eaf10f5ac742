"""`[notify]` of a bench file: whom the bench's station sends messages about what happens to it.

The URLs are those of apprise and may hold passwords: they are neither stored with runs nor printed.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from ..validation import Section

NotifyEvent = Literal["end", "failure", "guard", "milestone"]


def _check_url(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if not (scheme.isalnum() and separator and rest):
        raise PydanticCustomError(
            "url", 'holds no URL of apprise; write one such as "mailto://user:password@lab.org"'
        )
    return url


class Notify(Section):
    """`[notify]`: URLs of apprise, and the events that are sent to them, by default all.

    "end" of a sequence or of the queue, "failure" of a run or a step, "guard" when the bench is not
    confirmed to be safe or its process has ended unexpectedly, "milestone" when all steps of a
    sequence are done on a device.
    """

    urls: Annotated[
        tuple[Annotated[str, AfterValidator(_check_url)], ...],
        Field(strict=False, min_length=1, repr=False),
    ]
    events: Annotated[tuple[NotifyEvent, ...], Field(strict=False)] = (
        "end",
        "failure",
        "guard",
        "milestone",
    )
