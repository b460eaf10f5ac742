"""The commands of each channel of a Keysight 81160A.

Arbitrary waveforms and noise are not simulated: selecting or uploading one is error -241.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from ..errors import ScpiError
from ..scpi.commands import Command, event, query, setting
from ..scpi.values import Boolean, Integer, Kind, Raw, Real, choice
from .pulse_generator import Channel, ChannelSettings

_SHAPES = choice("SINusoid", "SQUare", "RAMP", "PULSe", "NOISe", "DC", "USER")
_LEVEL = Real("V", -10.0, 10.0)
_PERIOD = Real("S", 2e-9, 1e6, 1e-6)
_FREQUENCY = Real("HZ", 1e-6, 500e6, 1e6)
_EDGE = Real("S", 1e-9, 1e3, 2.5e-9)
_PERCENT = Real("PCT", 0.0, 100.0, 50.0)


def _field(header: str, kind: Kind[Any], name: str) -> Command:
    """Declare a setting that is one field of the channel's settings."""
    return _derived(
        header,
        kind,
        lambda settings: getattr(settings, name),
        lambda settings, value: replace(settings, **{name: value}),
    )


def _derived(
    header: str,
    kind: Kind[Any],
    get: Callable[[ChannelSettings], Any],
    put: Callable[[ChannelSettings, Any], ChannelSettings],
) -> Command:
    """Declare a setting that follows from the channel's settings."""

    def program(channel: Channel, value: Any) -> None:
        channel.program(put(channel.settings, value))

    return setting(header, kind, lambda channel: get(channel.settings), program)


def _with_shape(settings: ChannelSettings, shape: str) -> ChannelSettings:
    if shape in ("NOIS", "USER"):
        raise ScpiError(-241, "Hardware missing", f"{shape} waveforms are not simulated")
    return replace(settings, shape=shape)


def _with_count(settings: ChannelSettings, count: int) -> ChannelSettings:
    return replace(settings, cycles=count, burst=count > 1)


def _apply(shape: str) -> Callable[..., None]:
    def apply(channel: Channel, *given: str) -> None:
        frequency, amplitude, offset = (*given, "DEF", "DEF", "DEF")[:3]
        settings = _with_shape(channel.settings, shape)
        settings = settings.with_period(1.0 / _default(_FREQUENCY, frequency, 1e6))
        amplitude_V = _default(Real("V", 0.05, 20.0), amplitude, settings.amplitude_V)
        offset_V = _default(_LEVEL, offset, 0.0)
        settings = settings.around(offset_V, amplitude_V)
        channel.program(replace(settings, arm_source="IMM", burst=False, output=True))

    return apply


def _default(kind: Real, text: str, default: float) -> float:
    return default if text.upper() in ("DEF", "DEFAULT") else kind.parse(text)


def _refuse_waveform(*_given: Any) -> None:
    raise ScpiError(-241, "Hardware missing", "arbitrary waveforms are not simulated")


def _keep_off(_channel: Channel, on: bool) -> None:
    if on:
        raise ScpiError(-241, "Hardware missing", "modulation and sweeps are not simulated")


def _refused_name(_channel: Channel) -> str:
    raise ScpiError(-241, "Hardware missing", "arbitrary waveforms are not simulated")


def _pulse_timing(header: str) -> tuple[Command, ...]:
    """Declare the commands that both spellings of the pulse subsystem share."""
    return (
        _derived(
            header.format("PERiod"), _PERIOD, lambda s: s.period_s, ChannelSettings.with_period
        ),
        _field(header.format("WIDTh"), Real("S", 1.5e-9, 1e6, 100e-9), "width_s"),
        _derived(
            header.format("DCYCle"),
            _PERCENT,
            lambda s: 100.0 * s.width_s / s.period_s,
            lambda s, value: replace(s, width_s=s.period_s * value / 100.0),
        ),
        _field(header.format("HOLD"), choice("WIDTh", "DCYCle"), "hold"),
    )


CHANNEL_COMMANDS = (
    _field("OUTPut#[:STATe]", Boolean(), "output"),
    _field("OUTPut#:POLarity", choice("NORMal", "INVerted"), "polarity"),
    _field("OUTPut#:LOAD", Real("OHM", 0.3, float("inf"), 50.0), "load_ohm"),
    _derived("[:SOURce]:FUNCtion#[:SHAPe]", _SHAPES, lambda s: s.shape, _with_shape),
    _derived(
        "[:SOURce]:FREQuency#[:CW]",
        _FREQUENCY,
        lambda s: 1.0 / s.period_s,
        lambda s, value: s.with_period(1.0 / value),
    ),
    _derived("[:SOURce]:PULSe:PERiod#", _PERIOD, lambda s: s.period_s, ChannelSettings.with_period),
    *_pulse_timing("[:SOURce]:PULSe:{}#"),
    *_pulse_timing("[:SOURce]:FUNCtion#:PULSe:{}"),
    _field("[:SOURce]:PULSe:DELay#", Real("S", 0.0, 1e6, 0.0), "delay_s"),
    _derived(
        "[:SOURce]:FUNCtion#:PULSe:TRANsition[:LEADing]",
        _EDGE,
        lambda s: s.lead_s,
        lambda s, value: replace(s, lead_s=value, trail_s=value),
    ),
    _derived(
        "[:SOURce]:PULSe:TRANsition#[:LEADing]",
        _EDGE,
        lambda s: s.lead_s,
        lambda s, value: replace(s, lead_s=value, trail_s=value),
    ),
    _field("[:SOURce]:FUNCtion#:PULSe:TRANsition:TRAiling", _EDGE, "trail_s"),
    _field("[:SOURce]:PULSe:TRANsition#:TRAiling", _EDGE, "trail_s"),
    _field("[:SOURce]:FUNCtion#:SQUare:DCYCle", _PERCENT, "square_duty_percent"),
    _field("[:SOURce]:FUNCtion#:RAMP:SYMMetry", _PERCENT, "ramp_symmetry_percent"),
    _field("[:SOURce]:PHASe#[:ADJust]", Real("DEG", -360.0, 360.0, 0.0), "phase_deg"),
    _derived(
        "[:SOURce]:VOLTage#[:LEVel][:IMMediate][:AMPLitude]",
        Real("V", 0.05, 20.0, 1.0),
        lambda s: s.amplitude_V,
        ChannelSettings.with_amplitude,
    ),
    _derived(
        "[:SOURce]:VOLTage#[:LEVel][:IMMediate]:OFFSet",
        _LEVEL,
        lambda s: s.offset_V,
        ChannelSettings.with_offset,
    ),
    _field("[:SOURce]:VOLTage#[:LEVel][:IMMediate]:HIGH", _LEVEL, "high_V"),
    _field("[:SOURce]:VOLTage#[:LEVel][:IMMediate]:LOW", _LEVEL, "low_V"),
    setting("[:SOURce]:VOLTage#:UNIT", choice("VPP"), lambda _: "VPP", lambda _c, _unit: None),
    _field("[:SOURce]:VOLTage#:LIMit[:STATe]", Boolean(), "limits"),
    _field("[:SOURce]:VOLTage#:LIMit:HIGH", Real("V", -9.99, 10.0, 5.0), "limit_high_V"),
    _field("[:SOURce]:VOLTage#:LIMit:LOW", Real("V", -10.0, 9.99, -5.0), "limit_low_V"),
    _field(
        "ARM:SOURce#", choice("IMMediate", "INTernal2", "EXTernal", "MANual", "BUS"), "arm_source"
    ),
    _derived("TRIGger#:COUNt", Integer(1, 2147483647, 1), lambda s: s.cycles, _with_count),
    event("TRIGger#[:IMMediate]", Channel.trigger),
    *(
        setting(f"[:SOURce]:{name}#:STATe", Boolean(), lambda _: False, _keep_off)
        for name in ("AM", "FM", "PM", "PWM", "FSKeying", "SWEep")
    ),
    _field("[:SOURce]:BURSt#:STATe", Boolean(), "burst"),
    _field("[:SOURce]:BURSt#:MODE", choice("TRIGgered", "GATed"), "burst_mode"),
    _field("[:SOURce]:BURSt#:INTernal:PERiod", Real("S", 3.03e-9, 1e6, 1e-3), "burst_period_s"),
    _field("[:SOURce]:BURSt#:NCYCles", Integer(1, 2147483647, 2), "cycles"),
    *(
        event(f"[:SOURce]:APPLy#:{name}", _apply(shape), Raw(), Raw(), Raw(), optional=3)
        for name, shape in {
            "DC": "DC",
            "NOISe": "NOIS",
            "PULSe": "PULS",
            "SINusoid": "SIN",
            "SQUare": "SQU",
            "RAMP": "RAMP",
            "USER": "USER",
        }.items()
    ),
    query("[:SOURce]:FUNCtion#:USER", Raw(), _refused_name),
    event("[:SOURce]:FUNCtion#:USER", _refuse_waveform, Raw()),
    event("[:SOURce]:DATA#:DAC", _refuse_waveform, Raw(), Raw()),
    event("[:SOURce]:DATA#:COPY", _refuse_waveform, Raw(), Raw()),
    event("[:SOURce]:DATA#:DELete", _refuse_waveform, Raw()),
    query("[:SOURce]:DATA#:NVOLatile:CATalog", Raw(), lambda _: '""'),
    query("[:SOURce]:DATA#:NVOLatile:FREE", Integer(), lambda _: 0),
)
