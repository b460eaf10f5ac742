"""The commands of each channel of a Keysight 81160A."""

from collections.abc import Callable
from dataclasses import replace

from ...errors import ScpiError
from ...scpi.commands import Command, event, setting
from ...scpi.values import Boolean, Integer, Raw, Real, choice
from .channel import Channel
from .declarations import derived, field
from .level_commands import LEVEL, LEVEL_COMMANDS, with_amplitude
from .settings import ChannelSettings
from .waveform_commands import WAVEFORM_COMMANDS

_SHAPES = choice("SINusoid", "SQUare", "RAMP", "PULSe", "NOISe", "DC", "USER")
_PERIOD = Real("S", 2e-9, 1e6, 1e-6)
_FREQUENCY = Real("HZ", 1e-6, 500e6, 1e6)
_EDGE = Real("S", 1e-9, 1e3, 2.5e-9)
_PERCENT = Real("PCT", 0.0, 100.0, 50.0)
_DEFAULT = ("DEF", "DEFAULT")


def _with_count(settings: ChannelSettings, count: int) -> ChannelSettings:
    return replace(settings, cycles=count, burst=count > 1)


def _apply(shape: str) -> Callable[..., None]:
    def apply(channel: Channel, *given: str) -> None:
        frequency, amplitude, offset = (*given, "DEF", "DEF", "DEF")[:3]
        settings = replace(channel.settings, shape=shape)
        settings = settings.with_period(1.0 / _default(_FREQUENCY, frequency, 1e6))
        offset_V = _default(LEVEL, offset, 0.0) / settings.shown
        settings = settings.around(offset_V, settings.amplitude_V)
        if amplitude.upper() not in _DEFAULT:
            amplitude_V = with_amplitude(settings, amplitude).amplitude_V
            settings = settings.around(offset_V, amplitude_V)
        channel.program(replace(settings, arm_source="IMM", burst=False, output=True))

    return apply


def _default(kind: Real, text: str, default: float) -> float:
    return default if text.upper() in _DEFAULT else kind.parse(text)


def _pulse_timing(header: str) -> tuple[Command, ...]:
    """Declare the commands that both spellings of the pulse subsystem share."""
    return (
        derived(
            header.format("PERiod"), _PERIOD, lambda s: s.period_s, ChannelSettings.with_period
        ),
        field(header.format("WIDTh"), Real("S", 1.5e-9, 1e6, 100e-9), "width_s"),
        derived(
            header.format("DCYCle"),
            _PERCENT,
            lambda s: 100.0 * s.width_s / s.period_s,
            lambda s, value: replace(s, width_s=s.period_s * value / 100.0),
        ),
        field(header.format("HOLD"), choice("WIDTh", "DCYCle"), "hold"),
    )


def _keep_off(_channel: Channel, on: bool) -> None:
    if on:
        raise ScpiError(-241, "Hardware missing", "modulation and sweeps are not simulated")


CHANNEL_COMMANDS = (
    field("OUTPut#[:STATe]", Boolean(), "output"),
    field("OUTPut#:POLarity", choice("NORMal", "INVerted"), "polarity"),
    field("[:SOURce]:FUNCtion#[:SHAPe]", _SHAPES, "shape"),
    derived(
        "[:SOURce]:FREQuency#[:CW]",
        _FREQUENCY,
        lambda s: 1.0 / s.period_s,
        lambda s, value: s.with_period(1.0 / value),
    ),
    derived("[:SOURce]:PULSe:PERiod#", _PERIOD, lambda s: s.period_s, ChannelSettings.with_period),
    *_pulse_timing("[:SOURce]:PULSe:{}#"),
    *_pulse_timing("[:SOURce]:FUNCtion#:PULSe:{}"),
    field("[:SOURce]:PULSe:DELay#", Real("S", 0.0, 1e6, 0.0), "delay_s"),
    derived(
        "[:SOURce]:FUNCtion#:PULSe:TRANsition[:LEADing]",
        _EDGE,
        lambda s: s.lead_s,
        lambda s, value: replace(s, lead_s=value, trail_s=value),
    ),
    derived(
        "[:SOURce]:PULSe:TRANsition#[:LEADing]",
        _EDGE,
        lambda s: s.lead_s,
        lambda s, value: replace(s, lead_s=value, trail_s=value),
    ),
    field("[:SOURce]:FUNCtion#:PULSe:TRANsition:TRAiling", _EDGE, "trail_s"),
    field("[:SOURce]:PULSe:TRANsition#:TRAiling", _EDGE, "trail_s"),
    field("[:SOURce]:FUNCtion#:SQUare:DCYCle", _PERCENT, "square_duty_percent"),
    field("[:SOURce]:FUNCtion#:RAMP:SYMMetry", _PERCENT, "ramp_symmetry_percent"),
    field("[:SOURce]:PHASe#[:ADJust]", Real("DEG", -360.0, 360.0, 0.0), "phase_deg"),
    field(
        "ARM:SOURce#", choice("IMMediate", "INTernal2", "EXTernal", "MANual", "BUS"), "arm_source"
    ),
    derived("TRIGger#:COUNt", Integer(1, 2147483647, 1), lambda s: s.cycles, _with_count),
    event("TRIGger#[:IMMediate]", Channel.trigger),
    field("[:SOURce]:BURSt#:STATe", Boolean(), "burst"),
    field("[:SOURce]:BURSt#:MODE", choice("TRIGgered", "GATed"), "burst_mode"),
    field("[:SOURce]:BURSt#:INTernal:PERiod", Real("S", 3.03e-9, 1e6, 1e-3), "burst_period_s"),
    field("[:SOURce]:BURSt#:NCYCles", Integer(1, 2147483647, 2), "cycles"),
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
    *(
        setting(f"[:SOURce]:{name}#:STATe", Boolean(), lambda _: False, _keep_off)
        for name in ("AM", "FM", "PM", "PWM", "FSKeying", "SWEep")
    ),
    *LEVEL_COMMANDS,
    *WAVEFORM_COMMANDS,
)
