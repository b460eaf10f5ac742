"""How the commands of a channel are declared, each a setting of `ChannelSettings`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ...scpi.commands import Command, setting
from ...scpi.values import Kind
from .channel import Channel
from .settings import ChannelSettings


def field(header: str, kind: Kind[Any], name: str) -> Command:
    """Declare a setting that is one field of the channel's settings."""
    return derived(
        header,
        kind,
        lambda settings: getattr(settings, name),
        lambda settings, value: replace(settings, **{name: value}),
    )


def derived(
    header: str,
    kind: Kind[Any],
    get: Callable[[ChannelSettings], Any],
    put: Callable[[ChannelSettings, Any], ChannelSettings],
) -> Command:
    """Declare a setting that follows from the channel's settings."""

    def program(channel: Channel, value: Any) -> None:
        channel.program(put(channel.settings, value))

    return setting(header, kind, lambda channel: get(channel.settings), program)
