"""The arbitrary waveforms of a channel: choosing, loading and keeping them."""

from collections.abc import Iterable

from ...errors import ScpiError
from ...scpi.commands import event, query, setting
from ...scpi.values import Integer, Raw, Real
from .channel import Channel
from .waveforms import STANDARD, VOLATILE, dac_points

_MOST_POINTS = 16384
_POINTS = (Raw(),) * (_MOST_POINTS + 1)


def _volatile(name: str) -> None:
    if name.upper() != VOLATILE:
        raise ScpiError(-224, "Illegal parameter value", name)


def _load_dac(channel: Channel, name: str, *values: str) -> None:
    _volatile(name)
    try:
        points = dac_points(values)
    except ValueError:
        raise ScpiError(-161, "Invalid block data") from None
    channel.load(points)


def _load(channel: Channel, name: str, *values: str) -> None:
    _volatile(name)
    channel.load([Real("", -1.0, 1.0).parse(value) for value in values])


def _keep(channel: Channel, name: str, source: str = VOLATILE) -> None:
    _volatile(source)
    channel.memory.keep(name.upper())


def _catalogue(names: Iterable[str]) -> str:
    return ",".join(f'"{name}"' for name in names) or '""'


WAVEFORM_COMMANDS = (
    setting("[:SOURce]:FUNCtion#:USER", Raw(), lambda c: c.settings.waveform_name, Channel.select),
    event("[:SOURce]:DATA#[:DATA]", _load, *_POINTS, optional=_MOST_POINTS - 1),
    event("[:SOURce]:DATA#:DAC", _load_dac, *_POINTS, optional=_MOST_POINTS - 1),
    event("[:SOURce]:DATA#:COPY", _keep, Raw(), Raw(), optional=1),
    event("[:SOURce]:DATA#:DELete[:NAME]", Channel.delete, Raw()),
    query("[:SOURce]:DATA#:CATalog", Raw(), lambda c: _catalogue((*STANDARD, *c.memory.names))),
    query("[:SOURce]:DATA#:NVOLatile:CATalog", Raw(), lambda c: _catalogue(c.memory.names)),
    query("[:SOURce]:DATA#:NVOLatile:FREE", Integer(), lambda c: c.memory.free),
)
