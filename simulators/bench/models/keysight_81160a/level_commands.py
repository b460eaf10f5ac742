"""The levels of a channel: shown for the configured load, the amplitude in the unit set."""

import math
from collections.abc import Callable
from dataclasses import replace

from ...errors import ScpiError
from ...scpi.commands import Command
from ...scpi.values import Boolean, Kind, Raw, Real, choice
from .channel import Channel
from .declarations import derived, field
from .settings import ChannelSettings

LEVEL = Real("V", -10.0, 10.0)
_AMPLITUDE = Real("V", 0.05, 20.0, 1.0)
_DBM = Real("DBM", -100.0, 50.0)


def _level(
    header: str,
    kind: Kind[float],
    get: Callable[[ChannelSettings], float],
    put: Callable[[ChannelSettings, float], ChannelSettings],
) -> Command:
    """Declare a voltage, which is shown for the configured load."""
    return derived(
        header,
        kind,
        lambda settings: get(settings) * settings.shown,
        lambda settings, value: put(settings, value / settings.shown),
    )


def _amplitude(settings: ChannelSettings) -> float:
    """Return the amplitude in the unit set."""
    shown_V = settings.amplitude_V * settings.shown
    rms_V = shown_V * settings.rms_share
    if settings.unit == "DBM":
        return 10.0 * math.log10(rms_V**2 / settings.load_ohm / 1e-3)
    return rms_V if settings.unit == "VRMS" else shown_V


def _put_amplitude(channel: Channel, text: str) -> None:
    channel.program(with_amplitude(channel.settings, text))


def with_amplitude(settings: ChannelSettings, text: str) -> ChannelSettings:
    if settings.unit == "VPP":
        shown_V = _AMPLITUDE.parse(text)
    elif settings.unit == "VRMS":
        shown_V = Real("V").parse(text) / settings.rms_share
    else:
        watts = 1e-3 * 10.0 ** (_DBM.parse(text) / 10.0)
        shown_V = math.sqrt(watts * settings.load_ohm) / settings.rms_share
    return settings.with_amplitude(shown_V / settings.shown)


def _shown_amplitude(channel: Channel, word: str = "") -> str:
    if not word:
        return _AMPLITUDE.format(_amplitude(channel.settings))
    limit = _AMPLITUDE.limit(word)
    if limit is None:
        raise ScpiError(-108, "Parameter not allowed", word)
    return _AMPLITUDE.format(limit)


def _with_unit(settings: ChannelSettings, unit: str) -> ChannelSettings:
    if unit == "DBM" and math.isinf(settings.load_ohm):
        raise ScpiError(-221, "Settings conflict", "dBm need a load")
    return replace(settings, unit=unit)


def _with_load(settings: ChannelSettings, load_ohm: float) -> ChannelSettings:
    no_dBm = math.isinf(load_ohm) and settings.unit == "DBM"
    return replace(settings, load_ohm=load_ohm, unit="VPP" if no_dBm else settings.unit)


LEVEL_COMMANDS = (
    derived("OUTPut#:LOAD", Real("OHM", 0.3, math.inf, 50.0), lambda s: s.load_ohm, _with_load),
    Command(
        "[:SOURce]:VOLTage#[:LEVel][:IMMediate][:AMPLitude]",
        _shown_amplitude,
        _put_amplitude,
        query_parameters=(Raw(),),
        command_parameters=(Raw(),),
        query_optional=1,
    ),
    _level(
        "[:SOURce]:VOLTage#[:LEVel][:IMMediate]:OFFSet",
        LEVEL,
        lambda s: s.offset_V,
        ChannelSettings.with_offset,
    ),
    _level(
        "[:SOURce]:VOLTage#[:LEVel][:IMMediate]:HIGH",
        LEVEL,
        lambda s: s.high_V,
        ChannelSettings.with_high,
    ),
    _level(
        "[:SOURce]:VOLTage#[:LEVel][:IMMediate]:LOW",
        LEVEL,
        lambda s: s.low_V,
        ChannelSettings.with_low,
    ),
    derived("[:SOURce]:VOLTage#:UNIT", choice("VPP", "VRMS", "DBM"), lambda s: s.unit, _with_unit),
    field("[:SOURce]:VOLTage#:LIMit[:STATe]", Boolean(), "limits"),
    _level(
        "[:SOURce]:VOLTage#:LIMit:HIGH",
        Real("V", -9.99, 10.0, 5.0),
        lambda s: s.limit_high_V,
        lambda s, value: replace(s, limit_high_V=value),
    ),
    _level(
        "[:SOURce]:VOLTage#:LIMit:LOW",
        Real("V", -10.0, 9.99, -5.0),
        lambda s: s.limit_low_V,
        lambda s, value: replace(s, limit_low_V=value),
    ),
)
