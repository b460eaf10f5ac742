"""Keithley 2400 source-meter: its command table over the source-meter core."""

from ...circuit.circuit import Circuit
from ...scpi.commands import event, on_instrument, query, setting
from ...scpi.instrument import (
    Model,
    common_commands,
    setup_commands,
    system_commands,
)
from ...scpi.parser import CommandSet
from ...scpi.values import Boolean, Integer, Raw, Real, choice
from . import groups
from .quantity_commands import field, quantity_commands
from .source_meter import SourceMeter
from .sweep_commands import spacing_commands

_SECONDS = Real("S", 0.0, 999.9999, 0.0)
_LIST = (Raw(),) * 5

COMMANDS = CommandSet(
    (
        *common_commands(SourceMeter.trigger),
        *system_commands(),
        *setup_commands(0, 4),
        setting("OUTPut#[:STATe]", Boolean(), lambda m: m.output, SourceMeter.switch),
        field("OUTPut#:SMODe", choice("HIMPedance", "NORMal", "ZERO", "GUARd"), "output_off_mode"),
        setting(
            "SOURce#:FUNCtion[:MODE]",
            choice("VOLTage", "CURRent"),
            lambda m: m.settings.source,
            groups.set_source,
        ),
        setting("SOURce#:DELay", _SECONDS, groups.delay_s, groups.set_delay),
        field("SOURce#:DELay:AUTO", Boolean(), "source_delay_auto"),
        field("SOURce#:CLEar:AUTO", Boolean(), "clear_auto"),
        event("SOURce#:CLEar[:IMMediate]", lambda m: m.switch(False)),
        *spacing_commands(),
        setting(
            "SOURce#:VOLTage:PROTection[:LEVel]",
            Raw(),
            lambda m: f"{m.settings.source_protection_V:+.6E}",
            groups.protect_source,
        ),
        *quantity_commands("VOLTage", lambda s: s.voltage, "V", 210.0),
        *quantity_commands("CURRent", lambda s: s.current, "A", 1.05),
        *quantity_commands("RESistance", lambda s: s.resistance, "OHM", 210e6),
        field("[:SENSe#]:RESistance:MODE", choice("AUTO", "MANual"), "resistance_mode"),
        groups.functions_on("[:SENSe#]:FUNCtion[:ON]"),
        event("[:SENSe#]:FUNCtion[:ON]:ALL", groups.set_functions("VOLT", "CURR", "RES")),
        event("[:SENSe#]:FUNCtion:OFF", groups.disable_functions, *_LIST, optional=4),
        event("[:SENSe#]:FUNCtion:OFF:ALL", groups.set_functions()),
        field("[:SENSe#]:FUNCtion:CONCurrent", Boolean(), "concurrent"),
        field("[:SENSe#]:AVERage[:STATe]", Boolean(), "filtered"),
        field("[:SENSe#]:AVERage:TCONtrol", choice("REPeat", "MOVing"), "filter_kind"),
        field("[:SENSe#]:AVERage:COUNt", Integer(1, 100, 10), "filter_count"),
        query("MEASure", Raw(), groups.measure("")),
        query("MEASure:VOLTage[:DC]", Raw(), groups.measure("VOLT")),
        query("MEASure:CURRent[:DC]", Raw(), groups.measure("CURR")),
        query("MEASure:RESistance", Raw(), groups.measure("RES")),
        event("CONFigure:VOLTage[:DC]", lambda m: m.configure("VOLT")),
        event("CONFigure:CURRent[:DC]", lambda m: m.configure("CURR")),
        event("CONFigure:RESistance", lambda m: m.configure("RES")),
        query("CONFigure", Raw(), groups.function_names),
        query("READ", Raw(), groups.measure("")),
        query("FETCh", Raw(), lambda m: groups.shown(m, m.fetch())),
        event("INITiate[:IMMediate]", SourceMeter.initiate),
        event("ABORt", SourceMeter.abort),
        event("TRIGger:CLEar", lambda _: None),
        *groups.trigger_layer("ARM[:SEQuence#][:LAYer#]", "arm", choice("TENTer", "TEXit", "NONE")),
        *groups.trigger_layer(
            "TRIGger[:SEQuence#]", "trigger", choice("SOURce", "DELay", "SENSe", "NONE")
        ),
        field(
            "ARM[:SEQuence#][:LAYer#]:SOURce",
            choice("IMMediate", "TLINk", "TIMer", "MANual", "BUS"),
            "arm_source",
        ),
        field("ARM[:SEQuence#][:LAYer#]:TIMer", Real("S", 1e-3, 99999.99, 0.1), "arm_timer_s"),
        field("TRIGger[:SEQuence#]:SOURce", choice("IMMediate", "TLINk"), "trigger_source"),
        field("TRIGger[:SEQuence#]:DELay", _SECONDS, "trigger_delay_s"),
        event("FORMat:ELEMents[:SENSe#]", groups.set_elements, *_LIST, optional=4),
        query("FORMat:ELEMents[:SENSe#]", Raw(), lambda m: ",".join(m.settings.elements)),
        setting("FORMat[:DATA]", choice("ASCii"), lambda _: "ASC", lambda _m, _format: None),
        event("TRACe:CLEar", SourceMeter.clear_trace),
        groups.attribute("TRACe:POINts", Integer(1, 2500, 100), "trace_points"),
        query("TRACe:POINts:ACTual", Integer(), lambda m: len(m.trace)),
        setting("TRACe:FEED", choice("SENSe", "SENS1"), lambda _: "SENS", lambda _m, _feed: None),
        setting(
            "TRACe:FEED:CONTrol",
            choice("NEXT", "NEVer"),
            lambda m: "NEXT" if m.trace_feeding else "NEV",
            groups.feed,
        ),
        query("TRACe:DATA", Raw(), groups.trace_data),
        field("CALCulate3:FORMat", choice("MEAN", "MAXimum", "MINimum", "SDEViation"), "statistic"),
        query("CALCulate3:DATA", Raw(), lambda m: ",".join(f"{v:+.6E}" for v in m.statistics())),
        event("STATus:PRESet", groups.preset_status),
        groups.attribute("STATus:MEASurement:ENABle", Integer(0, 65535), "measurement_enable"),
        query("STATus:MEASurement[:EVENt]", Integer(), groups.take_measurement_event),
        query("STATus:MEASurement:CONDition", Integer(), lambda m: m.measurement_event),
        setting(
            "SYSTem:AZERo[:STATe]",
            Raw(),
            lambda m: "1" if m.settings.autozero else "0",
            groups.set_autozero,
        ),
        field("SYSTem:RSENse", Boolean(), "four_wire"),
        setting(
            "SYSTem:LFRequency",
            Integer(50, 60, 50),
            lambda m: m.line_frequency_Hz,
            groups.set_line_frequency,
        ),
        setting(
            "SYSTem:LFRequency:AUTO",
            Boolean(),
            lambda m: m.line_frequency_auto,
            groups.find_line_frequency,
        ),
        *on_instrument([event("SYSTem:CLEar", lambda i: i.errors.clear())]),
        event("SYSTem:PRESet", SourceMeter.reset),
        event("SYSTem:LOCal", lambda _: None),
        event("SYSTem:BEEPer[:IMMediate]", lambda _m, *_tone: None, Raw(), Raw(), optional=2),
        setting("SYSTem:BEEPer:STATe", Boolean(), lambda _: False, lambda _m, _on: None),
        query("SYSTem:TIME", Real(), SourceMeter.time_s),
        event("SYSTem:TIME:RESet", SourceMeter.restart_time),
        setting(
            "ROUTe:TERMinals",
            choice("FRONt", "REAR"),
            lambda m: m.settings.terminals,
            SourceMeter.select_terminals,
        ),
        field("DISPlay:ENABle", Boolean(), "display"),
    )
)


def _build(circuit: Circuit) -> SourceMeter:
    return SourceMeter(circuit, circuit.random_for("2400"))


MODEL = Model(
    name="2400",
    identity="KEITHLEY INSTRUMENTS INC.,MODEL 2400,1418236,C34 Sep 21 2016 15:30:00/A02  /T/K",
    commands=COMMANDS,
    build=_build,
    summary_bits=SourceMeter.summary_bits,
)
