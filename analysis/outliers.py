"""Readings that are of no state of the junction, by what they are, found before any grouping.

| kind | what it is |
|---|---|
| overflow | at least `OVERFLOW_OHM`: the number a meter gives beyond its range |
| not positive | zero or less, in at most `FEW_SHARE` of the readings; more: wiring |
| open contact, short, glitch | a spike: readings apart from all others that come and go (below) |
| burnt junction | from here to the end all readings but spikes are apart, and none was before |
| burnt junction, before forming | the far sides of one change that nothing undoes (see `one_way`) |
| ladder apart | all readings of a ladder, and no other of its phase is there (below) |

Readings are apart where a gap of `GAP` in ln R has none. A group apart of at most `SPIKE_SHARE` of
the readings is one of spikes if it never lasts longer than `SPIKE` readings and its stays are where
no level of a ladder has them: mostly above, or below, both their neighbours; now at the start of a
ladder, now elsewhere; once at the end of one of several; or, a factor e^`FAR` away, in fewer than
`OFTEN` of the ladders. `CEILING` times the others and more, it is an open contact however long it
lasts, in fewer than `OFTEN` of the ladders or above both neighbours; nearer spikes of one exact
value are autorange glitches. Ladders apart are at most `APART_SHARE` of at least `MIN_LADDERS`: an
open contact for a cycle, a device before its forming.
Of two ladders of a phase the second is burnt if its readings also span less than the first one's.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..arrays import Flags, Floats
from .one_way import FAR, one_way_change

OVERFLOW_OHM = 1e30
FEW_SHARE = 0.05
GAP = 0.35
OFTEN = 0.6
CEILING = 1e4
SPIKE = 2
SPIKE_SHARE = 0.2
APART_SHARE = 1 / 3
MIN_LADDERS = 3
BURNT_READINGS = 4
BURNT_LADDERS = 2
BINS_PER_GAP = 8

BURNT, LADDER_APART, UNFORMED = "burnt junction", "ladder apart", "before forming"

Kinds = npt.NDArray[np.object_]


def outlier_kinds(
    resistance_ohm: Floats,
    sequence: npt.NDArray[np.int64],
    phase: npt.NDArray[np.int64],
    *,
    are_ladders: bool = False,
) -> Kinds | None:
    """Return the kind of each finite reading, None where it is sound; all of shape (n,).

    None if all are sound. `sequence` numbers the ladders of pulses and `phase` their phases, in
    order of time; `are_ladders` if the pulses of each rise or fall.
    """
    part = np.flatnonzero((resistance_ohm > 0) & (resistance_ohm < OVERFLOW_OHM))
    log = np.log(resistance_ohm[part])
    apart = len(part) > 2 and float(np.ptp(log)) >= GAP
    group = _groups(log) if apart else np.zeros(1, dtype=np.intp)
    if len(part) == len(resistance_ohm) and group.max() == 0:
        return None
    kinds = np.full(len(resistance_ohm), None, dtype=object)
    kinds[resistance_ohm >= OVERFLOW_OHM] = "overflow"
    kinds[resistance_ohm <= 0] = "not positive"
    if are_ladders and group.max() > 0:
        change = one_way_change(log, group, sequence[part], phase[part])
        if change is not None:
            start, what = change
            by_a_pulse = sequence[part[start]] == sequence[part[start - 1]]
            early = UNFORMED if by_a_pulse else LADDER_APART
            gone = slice(start, None) if what == "burnt" else slice(start)
            kinds[part[gone]] = BURNT if what == "burnt" else early
            part, group, log = (np.delete(each, gone) for each in (part, group, log))
    if group.max() > group.min():
        burnt = _burnt(group, sequence[part])
        if burnt == len(part) and are_ladders:
            burnt = _burnt_ladder(log, group, sequence[part], phase[part])
        kinds[part[burnt:]] = BURNT
        if are_ladders:
            alone = _ladders_apart(group[:burnt], sequence[part[:burnt]], phase[part[:burnt]])
            kinds[part[:burnt][alone]] = LADDER_APART
            part, group = (np.delete(each, np.flatnonzero(alone)) for each in (part, group))
            burnt -= int(alone.sum())
        single = len(part) < 2 * len(np.unique(sequence[part]))
        where = (phase if single else sequence)[part[:burnt]]
        order = np.argsort(where, kind="stable")
        kinds[part[order]] = _spikes(log[order], group[order], where[order])
    return kinds if pd.notna(kinds).any() else None


def _groups(log: Floats) -> npt.NDArray[np.intp]:
    """Return the group of each value, from the lowest, separated by at least `GAP`."""
    width = GAP / BINS_PER_GAP
    bins = np.floor((log - log.min()) / width).astype(np.intp)
    filled = np.unique(bins)
    begins = np.r_[0, np.diff(filled) > BINS_PER_GAP].cumsum()
    return np.asarray(begins[np.searchsorted(filled, bins)])


def _burnt(group: npt.NDArray[np.intp], where: npt.NDArray[np.int64]) -> int:
    """Return the reading from which the junction is burnt, or the number of readings."""
    count, last = len(group), group[-1]
    others = np.flatnonzero(~_without_spikes(group == last))
    if len(others) == 0:
        return count
    start = int(others[-1]) + 1
    earlier = int((group[:start] == last).sum())
    moves = int(np.count_nonzero(np.diff(group[:start])))
    ladders = max(len(np.unique(where[:start])), moves // 2)
    is_end = count - start >= BURNT_READINGS and 2 * start >= count and ladders >= BURNT_LADDERS
    return start if is_end and earlier <= SPIKE else count


def _without_spikes(apart: Flags) -> Flags:
    """Return True also where at most `SPIKE` readings interrupt long stretches of it, (n,)."""
    starts = np.flatnonzero(np.r_[True, apart[1:] != apart[:-1]])
    lengths, is_apart = np.diff(np.r_[starts, len(apart)]), apart[starts].copy()
    long = is_apart & (lengths >= BURNT_READINGS)
    is_apart[1:-1] |= (lengths[1:-1] <= SPIKE) & long[:-2] & long[2:]
    return np.repeat(is_apart, lengths)


def _burnt_ladder(
    log: Floats,
    group: npt.NDArray[np.intp],
    sequence: npt.NDArray[np.int64],
    phase: npt.NDArray[np.int64],
) -> int:
    """Return the reading at which the second of two ladders begins if that one is burnt."""
    count = len(log)
    start = int(np.flatnonzero(group != group[-1])[-1]) + 1
    of_phase = len(np.unique(sequence[phase == phase[-1]]))
    if of_phase != 2 or count - start < BURNT_READINGS or sequence[start] == sequence[start - 1]:
        return count
    seen = bool((group[:start] == group[-1]).any()) or phase[start] not in phase[:start]
    return count if seen or np.ptp(log[start:]) >= np.ptp(log[:start]) else start


def _ladders_apart(
    group: npt.NDArray[np.intp], sequence: npt.NDArray[np.int64], phase: npt.NDArray[np.int64]
) -> Flags:
    """Return the readings (n,) of ladders that are apart from all others of their phase."""
    table = pd.DataFrame({"group": group, "sequence": sequence, "phase": phase})
    ladders = table.groupby("sequence").agg(
        phase=("phase", "first"),
        group=("group", "first"),
        count=("group", "size"),
        groups=("group", "nunique"),
    )
    visitors = table.groupby(["phase", "group"])["sequence"].nunique()
    alone = ladders[(ladders["groups"] == 1) & (ladders["count"] >= BURNT_READINGS)]
    alike = alone.groupby(["phase", "group"])["count"].transform("size")
    places = pd.MultiIndex.from_frame(alone[["phase", "group"]])
    all_ladders = alone["phase"].map(ladders["phase"].value_counts())
    is_apart = (
        (visitors.reindex(places).to_numpy() == alike.to_numpy())
        & (alike <= APART_SHARE * all_ladders).to_numpy()
        & (all_ladders >= MIN_LADDERS).to_numpy()
    )
    return np.isin(sequence, alone.index[is_apart])


def _spikes(log: Floats, group: npt.NDArray[np.intp], where: npt.NDArray[np.int64]) -> Kinds:
    kinds = np.full(len(log), None, dtype=object)
    sizes = np.bincount(group)
    rare = sizes <= max(SPIKE, SPIKE_SHARE * len(group))
    usual = ~rare[group]
    if not usual.any():
        return kinds
    first = np.r_[True, where[1:] != where[:-1]]
    starts = np.flatnonzero(first | np.r_[True, group[1:] != group[:-1]])
    lengths = np.diff(np.r_[starts, len(group)])
    ends = starts + lengths
    middle = float(np.median(log[usual]))
    for one in np.flatnonzero(rare & (sizes > 0)):
        stays = np.flatnonzero(group[starts] == one)
        mine = group == one
        above = float(log[mine].mean()) - middle
        places = _places(group, starts[stays], ends[stays], first)
        ladders, here = len(np.unique(where)), len(np.unique(where[mine]))
        seldom = ladders >= MIN_LADDERS and here < OFTEN * ladders
        is_open = above > np.log(CEILING) and (seldom or set(places) == {"spike"})
        is_short_lived = lengths[stays].max() <= SPIKE
        if is_open or (is_short_lived and _comes_and_goes(places, ladders, abs(above) > FAR)):
            kinds[mine] = _kind(log[mine], middle)
    return kinds


def _places(
    group: npt.NDArray[np.intp],
    starts: npt.NDArray[np.intp],
    ends: npt.NDArray[np.intp],
    first: Flags,
) -> list[str]:
    """Return where in its ladder each stay is: at the start, the end, on the way, or as a spike."""
    at_start, at_end = first[starts], np.r_[first[1:], True][ends - 1]
    before, after = group[starts - 1], group[ends % len(group)]
    spike = (before > group[starts]) == (after > group[starts])
    inner = np.where(spike, "spike", "way")
    places = np.where(at_start, "start", np.where(at_end, "end", inner))
    return [str(place) for place in places]


def _comes_and_goes(places: list[str], ladders: int, far: bool) -> bool:
    """Return True for stays that no level of a ladder has."""
    if 2 * places.count("spike") >= len(places):
        return True
    if len(places) == 1:
        return places != ["way"] and (far or ladders >= 3)
    if len(set(places)) > 1:
        return far or "spike" in places or {"start", "end"} <= set(places)
    return far and len(places) < OFTEN * ladders


def _kind(log: Floats, middle: float) -> str:
    equal = len(log) > 1 and float(np.ptp(log)) < 1e-9
    if equal and float(log.mean()) < middle + np.log(CEILING):
        return "autorange glitch"
    if float(log.mean()) > middle + np.log(10):
        return "open contact"
    return "short" if float(log.mean()) < middle - np.log(10) else "glitch"
