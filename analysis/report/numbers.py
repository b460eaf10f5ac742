"""The results of a run as tables of text: values with 95 % intervals, and remarks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from ...storage import Phase
from ..errors import AnalysisError
from ..estimate import Estimate
from ..figures.house import prefix_for
from ..intervals import mean_ci
from ..levels.conductance import conductance_levels
from ..levels.find import Level, LevelReport, measure_levels
from ..levels.grouping.given import Wanted
from ..levels.remarks import level_remarks
from ..minor_loop import measure_minor_loop
from ..switching.adaptive_threshold import is_adaptive
from ..switching.cycling import has_single_halves
from ..switching.frozen_share import has_pulse_trains
from ..switching.hopping import hopping_remarks
from ..switching.metaplasticity import EXCESSIVE
from ..switching.routes import critical_voltages
from ..switching.voltages import (
    SwitchingEvent,
    find_switches,
    levels_crossed_shares,
    one_step_resets,
)
from ..switching.width_ratio import depinning_voltages
from ..weight.energy import Track
from ..weight.ramps import has_ramps
from ..writing.outcome import measure_write_outcome
from .endurance import endurance_table
from .moves import COLUMNS, move_rows
from .series import series_tables
from .table import Table, format_estimate, table_or_reason
from .thresholds import ADAPTIVE, REPEATED, adaptive_table, frozen_table
from .weight import CURVES, ENERGY, energy_table, update_table


def result_tables(
    points: pd.DataFrame,
    wanted: Wanted | None = None,
    track: Track | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> tuple[Table, ...]:
    """Return the tables of all results that the points of a run allow.

    `wanted` gives the number of levels, or their resistances (ohm), by hand; with a `track` the
    energy of the update is among them. `parameters` are those of the run, which an adaptive
    threshold needs.
    """
    if "row" in points:
        written = "target" in points
        return (table_or_reason("Writing", lambda: _writing(points)),) if written else ()
    tables = []
    if (points["phase"] == Phase.LOOP).any():
        tables.append(table_or_reason("Minor loop", lambda: _loop(points)))
    if is_adaptive(points):
        known = parameters or {}
        tables.append(table_or_reason(ADAPTIVE, lambda: adaptive_table(points, known)))
    else:
        tables.extend(series_tables(points))
    if has_single_halves(points):
        tables.append(table_or_reason("Endurance", lambda: endurance_table(points)))
    if has_ramps(points):
        tables.append(table_or_reason(CURVES, lambda: update_table(points)))
    if points["amplitude_V"].notna().any():
        try:
            report = measure_levels(points, wanted)
        except AnalysisError as error:
            return (*tables, Table("Levels", (), (), (str(error),)))
        tables.append(_levels(report))
        if is_adaptive(points):  # no ladder
            return tuple(tables)
        switches = find_switches(points, report.levels)
        tables.append(_switching(switches, report.levels))
        if moves := move_rows(points, report.levels):
            tables.append(Table("Moves by single pulses", COLUMNS, moves))
        if has_pulse_trains(points):
            tables.append(table_or_reason(REPEATED, lambda: frozen_table(points, report.levels)))
        if track is not None:
            levels = report.levels
            tables.append(table_or_reason(ENERGY, lambda: energy_table(points, levels, track)))
        tables.append(
            table_or_reason("Metaplastic function", lambda: _metaplastic(points, report.levels))
        )
    return tuple(tables)


def _loop(points: pd.DataFrame) -> Table:
    loop = measure_minor_loop(points)
    rows = (
        ("lower resistance (Ω)", format_estimate(loop.parallel)),
        ("higher resistance (Ω)", format_estimate(loop.antiparallel)),
        ("TMR (%)", format_estimate(loop.tmr_ratio, 100)),
        ("switching field, down (mT)", format_estimate(loop.down_T, 1e3)),
        ("switching field, up (mT)", format_estimate(loop.up_T, 1e3)),
        ("coercive field (mT)", format_estimate(loop.coercive_field, 1e3)),
        ("centre of the loop (mT)", format_estimate(loop.offset, 1e3)),
    )
    shift = f"{loop.reference_layer_shift * 100:.1f} % of the height"
    stays = (
        f"The reference layer stays: the saturated ends change by {shift}."
        if loop.reference_layer_stays
        else f"The saturated ends change by {shift}: the reference layer moves."
    )
    return Table("Minor loop", ("quantity", "value"), rows, (stays,))


def _writing(points: pd.DataFrame) -> Table:
    writing = measure_write_outcome(points)
    pulses = writing.pulses[writing.pulsed].astype(float)
    rows = (
        ("devices", str(len(writing.target))),
        ("with their target (%)", format_estimate(writing.yield_, 100)),
        ("fired at", str(len(pulses))),
        (
            "pulses for each of these",
            format_estimate(mean_ci(pulses)) if len(pulses) else "–",
        ),
        ("most pulses for one", f"{pulses.max(initial=0):.0f}"),
        ("time on the bench (s)", f"{writing.time_s:.1f}"),
    )
    return Table("Writing", ("quantity", "value"), rows)


def _levels(report: LevelReport) -> Table:
    conductances = conductance_levels(report.levels)
    R = prefix_for([level.mean_ohm for level in report.levels])
    sigma_R = prefix_for([level.std_ohm for level in report.levels])
    G = prefix_for([each.conductance_S.value for each in conductances])
    sigma_G = prefix_for([each.sigma_S.value for each in conductances])
    rows = tuple(
        (
            str(number),
            format_estimate(level.resistance_ohm, 10.0 ** -R[0]),
            _spread(level, level.sigma_ohm, sigma_R),
            format_estimate(conductance.conductance_S, 10.0 ** -G[0]),
            _spread(level, conductance.sigma_S, sigma_G),
            str(level.visits),
            str(level.readings),
        )
        for number, (level, conductance) in enumerate(zip(report.levels, conductances, strict=True))
    )
    units = f"R ({R[1]}Ω)", f"σ_R ({sigma_R[1]}Ω)", f"G ({G[1]}S)", f"σ_G ({sigma_G[1]}S)"
    columns = ("level", *units, "visits", "readings")
    return Table("Levels", columns, rows, level_remarks(report))


def _spread(level: Level, sigma: Estimate, prefix: tuple[int, str]) -> str:
    return format_estimate(sigma, 10.0 ** -prefix[0]) if level.visits > 1 else "one visit"


def _switching(switches: Sequence[SwitchingEvent], levels: Sequence[Level]) -> Table:
    phases = list(dict.fromkeys(switch.phase for switch in switches))
    rows = tuple(_voltages(switches, phases, len(levels)))
    remarks = [
        f"{format_estimate(found, 100)} % of the switches of the phase {phase} pass {hop - 1} level"
        f"{'s' if hop > 2 else ''} without stopping."
        for phase in phases
        for hop, found in levels_crossed_shares(switches, phase).items()
        if hop > 1 and phase != Phase.RESET
    ]
    if Phase.RESET in phases:
        resets = format_estimate(one_step_resets(switches, levels), 100)
        remarks.append(f"{resets} % of the resets go from the last level to the first in one step.")
    remarks += hopping_remarks(switches)
    if any(", from" in row[1] for row in rows):
        remarks.append(
            "Walls that run through a level arrive at another voltage than those that stop in it: "
            "V_C is then given for each level that they come from."
        )
    columns = ("phase", "to level", "V_C (V)", "σ (V)", "var (%)", "cycles")
    if not switches:
        remarks.append("No pulse changed the level.")
    elif not rows:
        remarks.append("No amplitude rose from pulse to pulse, which leaves V_C undetermined.")
    return Table("Switching voltages", columns if rows else (), rows, tuple(remarks))


def _voltages(
    switches: Sequence[SwitchingEvent], phases: Sequence[str], levels: int
) -> Iterator[tuple[str, ...]]:
    for phase in phases:
        for level in range(levels):
            for before, found in critical_voltages(switches, level, phase).items():
                several = found.cycles > 1
                yield (
                    phase,
                    str(level) if before is None else f"{level}, from {before}",
                    format_estimate(found.voltage_V),
                    format_estimate(found.sigma_V) if several else "one cycle",
                    f"{found.variation * 100:.1f}" if several else "one cycle",
                    str(found.cycles),
                )


def _metaplastic(points: pd.DataFrame, levels: Sequence[Level]) -> Table:
    found = depinning_voltages(points, levels)
    fit = found.fit
    rows = (
        ("w1/w2", format_estimate(fit.width_ratio)),
        ("V_C at the narrow end (V)", f"{fit.narrow_end_V:.3g}"),
        ("V_C at the wide end (V)", f"{fit.wide_end_V:.3g}"),
        ("thresholds", f"{fit.notches}{', with the injection' * found.with_injection}"),
    )
    far = f"χ² per degree of freedom about the line is {fit.excess:.3g}"
    differ = ": the notches differ by more than their cycles do" * (fit.excess > EXCESSIVE)
    remarks = (f"{far}{differ}.",) if fit.excess == fit.excess else ()
    return Table("Metaplastic function", ("quantity", "value"), rows, remarks)
