"""Draws every figure for awkward runs, to look at: `python -m dwmtj.tests.analysis.gallery FOLDER`.

One image a run, its panels side by side: one cycle and many, two levels and forty, a million
points, a broken junction, negative values, decades.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from dwmtj.analysis import Track
from dwmtj.analysis.figures import draw, panels_of
from dwmtj.analysis.report.numbers import result_tables


def staircase(
    cycles: int = 3,
    levels_ohm: np.ndarray | None = None,
    *,
    reset: bool = True,
    pulses: int = 60,
    noise: float = 3e-4,
) -> pd.DataFrame:
    """Rising pulses through the levels and, unless `reset` is False, one step back."""
    rng = np.random.default_rng(1)
    means = np.array([100.0, 93.3, 76.1, 67.1]) if levels_ohm is None else levels_ohm
    amplitude_V = np.linspace(0.1, 4.0, pulses)
    frames = []
    for cycle in range(cycles):
        at = np.sort(np.linspace(1.0, 3.6, len(means) - 1) + rng.normal(0, 0.1, len(means) - 1))
        level = (amplitude_V[:, None] >= at).sum(axis=1)
        ways = [("write", amplitude_V, level)]
        if reset:
            back = np.where(amplitude_V > 3.0 + rng.normal(0, 0.1), 0, len(means) - 1)
            ways.append(("reset", -amplitude_V, back))
        for phase, volt, index in ways:
            seat = 1 + rng.normal(0, 2 * noise, len(means))
            R = means[index] * seat[index] * (1 + rng.normal(0, noise, pulses))
            frames.append(pulses_of(cycle, phase, volt, R))
    return timed(pd.concat(frames, ignore_index=True))


def pulses_of(cycle: int, phase: str, amplitude_V: np.ndarray, R: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cycle": cycle,
            "phase": phase,
            "amplitude_V": amplitude_V,
            "pulse_width_s": 50e-9,
            "field_T": -0.004,
            "resistance_ohm": R,
        }
    )


def timed(points: pd.DataFrame) -> pd.DataFrame:
    return points.assign(time_s=0.01 * np.arange(len(points)))


def trials(amplitudes: int, of_each: int, width_s: float = 50e-9) -> pd.DataFrame:
    """Trials of one pulse that switch a 100 ohm state to 65 ohm, threshold 2 ± 0.2 V."""
    rng = np.random.default_rng(2)
    volts = np.tile(np.linspace(1.4, 2.6, amplitudes), of_each)
    switched = rng.normal(2.0, 0.2, len(volts)) < volts
    frames = [
        pulses_of(cycle, "write", np.array([np.nan, volt]), np.array([100.0, after]))
        for cycle, (volt, after) in enumerate(
            zip(volts, np.where(switched, 65.0, 100.0), strict=True)
        )
    ]
    points = pd.concat(frames, ignore_index=True)
    points["resistance_ohm"] += rng.normal(0, 0.05, len(points))
    points.loc[points["amplitude_V"].isna(), "phase"] = "bias"
    return timed(points.assign(pulse_width_s=width_s))


def trains(pulses: int = 30) -> pd.DataFrame:
    """Equal pulses up and equal pulses down, in states that lie close: an analogue synapse."""
    rng = np.random.default_rng(3)
    frames = []
    p = np.arange(1, pulses + 1) / pulses
    for cycle in range(4):
        for phase, volt, sign in (("write", 1.0, 1), ("reset", -1.2, -1)):
            g = -np.expm1(-p / 0.4) / -np.expm1(-1 / 0.4)
            G = 1e-3 + 5e-4 * (g if sign > 0 else 1 - g) + rng.normal(0, 4e-6, pulses)
            frames.append(pulses_of(cycle, phase, np.full(pulses, volt), 1 / G))
    return timed(pd.concat(frames, ignore_index=True))


def readings(cycles: int, count: int, scale: float = 1.0) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"time_s": np.arange(cycles * count) * 1.0})
    R = scale * (93.0 + rng.normal(0, 0.02, len(frame)))
    cycle = np.repeat(np.arange(cycles), count)
    return frame.assign(phase="read", amplitude_V=np.nan, cycle=cycle, resistance_ohm=R)


def loop(scale: float = 1.0, offset: float = 0.0) -> pd.DataFrame:
    down = np.linspace(0.07, -0.07, 71)
    field = np.r_[down, down[::-1][1:]]
    high = np.r_[down > -0.045, down[::-1][1:] > 0.037]
    R = np.where(high, 100.0, 65.0) * scale + offset
    rng = np.random.default_rng(5)
    R = R + rng.normal(0, abs(scale) * 0.05, len(R))
    return timed(
        pd.DataFrame(
            {
                "cycle": 0,
                "phase": "loop",
                "amplitude_V": np.nan,
                "field_T": field,
                "resistance_ohm": R,
            }
        )
    )


def sweeps(cycles: int, states_ohm: tuple[float, ...] = (100.0,)) -> pd.DataFrame:
    """Current sweeps; the resistance of states above the first falls with the bias."""
    rng = np.random.default_rng(6)
    half = np.linspace(1e-4, 3e-3, 30)
    current_A = np.r_[half, half[::-1][1:], -half, -half[::-1][1:]]
    frames = []
    for cycle in range(cycles):
        R0 = states_ohm[cycle % len(states_ohm)]
        guess_V = current_A * R0
        for _ in range(20):
            excess = (R0 - min(states_ohm)) / (1 + (guess_V / 0.4) ** 2)
            guess_V = current_A * (min(states_ohm) + excess)
        volt = guess_V * (1 + rng.normal(0, 5e-4, len(guess_V)))
        frames.append(
            pd.DataFrame(
                {
                    "cycle": cycle,
                    "phase": "iv",
                    "amplitude_V": np.nan,
                    "voltage_V": volt,
                    "current_A": current_A,
                    "resistance_ohm": volt / current_A,
                }
            )
        )
    return timed(pd.concat(frames, ignore_index=True))


def array(rows: int = 12, columns: int = 20) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    row, column = (each.ravel() for each in np.indices((rows, columns)))
    target = rng.integers(0, 4, len(row))
    level = np.where(rng.random(len(row)) < 0.03, 0, target)
    R = np.array([100.0, 93.3, 76.1, 67.1])[level] + rng.normal(0, 0.3, len(row))
    return timed(
        pd.DataFrame(
            {
                "cycle": np.arange(len(row)),
                "phase": "read",
                "amplitude_V": np.nan,
                "row": row,
                "column": column,
                "target": target,
                "level": level,
                "resistance_ohm": R,
            }
        )
    )


def broken() -> pd.DataFrame:
    """A junction that burns in the last cycle, with open contacts before."""
    points = staircase(6)
    R = points["resistance_ohm"].to_numpy().copy()
    R[points["cycle"] == 5] = 3.0
    R[::97] = 1.2e9
    return points.assign(resistance_ohm=R)


def decades() -> pd.DataFrame:
    """A gradual set from 50 kΩ to 5 MΩ."""
    R = np.geomspace(5e6, 5e4, 60) * np.exp(np.random.default_rng(9).normal(0, 0.1, 60))
    return timed(pulses_of(0, "write", np.linspace(1, 4, 60), R))


RUNS: Mapping[str, Callable[[], pd.DataFrame]] = {
    "one-cycle": lambda: staircase(1),
    "three-cycles": staircase,
    "thirteen-cycles": lambda: staircase(13),
    "two-levels": lambda: staircase(5, np.array([100.0, 65.0])),
    "forty-levels": lambda: staircase(8, np.linspace(400.0, 100.0, 40), pulses=400),
    "a-million-points": lambda: staircase(4000, pulses=125),
    "broken": broken,
    "negative": lambda: staircase().assign(resistance_ohm=lambda t: 80 - t["resistance_ohm"]),
    "giga": lambda: staircase(4, 1e9 * np.array([3.2, 2.9, 2.5, 2.1])),
    "decades": decades,
    "trials": lambda: trials(7, 30),
    "few-trials": lambda: trials(4, 3),
    "trains": trains,
    "readings": lambda: readings(3, 300),
    "giga-readings": lambda: readings(1, 300, 1e7),
    "loop": loop,
    "hall-loop": lambda: loop(-0.1, 5.0),
    "iv": lambda: sweeps(1),
    "iv-two-states": lambda: sweeps(4, (100.0, 65.0)),
    "array": array,
}


def main(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or RUNS:
        points, track = RUNS[name](), Track(1200.0, 10e-9, 10e-9)
        panels = panels_of(points, track=track)
        for table in result_tables(points, track=track):
            print(table.title, *table.rows[:6], *table.remarks, sep="\n    ")
        print(name, [panel.name for panel in panels.drawn], *panels.absent, sep="\n  ", flush=True)
        if panels.drawn:
            titles = [panel.title for panel in panels.drawn]
            draw(folder / f"{name}.png", panels.drawn, titles)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
