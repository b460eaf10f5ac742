"""Both states of a junction against bias, and TMR against bias with V_half."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...compared.states import BiasDependence
from ...formatting import format_interval
from ..house import BLUE, GREY, ORANGE, label_axis, legend_below
from ..panel import Panel


def states_against_bias(found: BiasDependence) -> Panel:
    """Draw V/I against the voltage of every sweep, a colour a state."""
    states = (("antiparallel", found.antiparallel, ORANGE), ("parallel", found.parallel, BLUE))
    data = pd.concat(
        [
            pd.DataFrame(
                {
                    "state": name,
                    "run": sweep.run,
                    "cycle": sweep.cycle,
                    "current_A": sweep.current_A,
                    "voltage_V": sweep.voltage_V,
                    "resistance_ohm": sweep.resistance_ohm,
                }
            )
            for name, sweeps, _ in states
            for sweep in sweeps
        ]
    )

    def paint(axes: Axes) -> None:
        for name, sweeps, colour in states:
            for number, sweep in enumerate(sweeps):
                label = name if number == 0 else "_"
                (line,) = axes.plot(sweep.voltage_V, sweep.resistance_ohm, ".-", label=label)
                line.set(color=colour, markersize=2.5, linewidth=0.6)
        label_axis(axes, "x", "Voltage at the junction", "V", data["voltage_V"])
        label_axis(axes, "y", "Resistance", "Ω", data["resistance_ohm"])
        legend_below(axes, ncols=2)

    return Panel("states-bias", "Both states against bias", data, paint, lines_below=1)


def tmr_against_bias(found: BiasDependence) -> Panel:
    """Draw TMR with its 95 % intervals against the voltage, and where it has fallen to half."""
    value, low, high = (
        100 * np.array([getattr(each, end) for each in found.tmr])
        for end in ("value", "low", "high")
    )
    bounded = np.isfinite(low) & np.isfinite(high)
    zero = found.zero_bias
    text = format_interval(zero.value, zero.low, zero.high, 100)

    def paint(axes: Axes) -> None:
        axes.plot(found.voltage_V, value, ".-", color=BLUE, markersize=3, linewidth=0.6)
        axes.fill_between(
            found.voltage_V, low, high, where=bounded, color=BLUE, alpha=0.2, linewidth=0
        )
        axes.axhline(50 * zero.value, color=GREY, linestyle=":", linewidth=0.8)
        axes.plot([], [], " ", label=f"TMR(0) = {text} %")
        for sign, half in zip("−+", found.half_V, strict=True):
            if np.isfinite(half.value):
                axes.axvline(half.value, color=ORANGE, linestyle="--", linewidth=0.8)
            axes.plot([], [], " ", label=_half_text(sign, half.value, half.low, half.high, found))
        label_axis(axes, "x", "Voltage at the junction", "V", found.voltage_V)
        axes.set_ylabel("TMR (%)")
        axes.set_ylim(bottom=min(0.0, float(np.nanmin(value))))
        legend_below(axes)

    data = pd.DataFrame(
        {
            "voltage_V": found.voltage_V,
            "tmr": value / 100,
            "low_95": low / 100,
            "high_95": high / 100,
        }
    )
    return Panel("tmr-bias", "TMR against bias", data, paint, lines_below=3)


def _half_text(sign: str, value: float, low: float, high: float, found: BiasDependence) -> str:
    if np.isfinite(value):
        return f"$V_{{half}}$ = {format_interval(value, low, high)} V"
    end = found.voltage_V.min() if sign == "−" else found.voltage_V.max()
    return f"{sign}$V_{{half}}$ beyond {end:.3g} V".replace("-", "−")
