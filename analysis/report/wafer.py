"""The report of a wafer study: components of variance, yield, maps, and what had no contact."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite, isnan
from pathlib import Path

import numpy as np

from ...quantities import parse_quantity
from ...storage import Store, atomic_write
from ...wafer_map import Die, device_name
from ...wording import counted
from ..criteria import CriteriaFile
from ..errors import AnalysisError
from ..estimate import Estimate
from ..figures import Panel, png_of
from ..figures.wafer.map import wafer_map
from ..figures.wafer.spread import devices_by_die
from ..formatting import format_interval
from ..wafer.quantities import WaferQuantity, measure_quantities, passing, state_of, table
from ..wafer.study import WaferStudy, load_study
from ..wafer.variance import VarianceComponents, tilt, variance_components
from ..wafer.yields import clustered_share
from .page import TEMPLATES, data_url

STATES = ("measured", "failed", "no contact", "not measured")
COLUMNS = ("quantity", "dies", "devices", "mean", "from die to die, σ", "on a die, σ")
TILT_COLUMNS = ("quantity", "along x, per cm", "along y, per cm", "from die to die without it, σ")
YIELD_COLUMNS = ("requirement", "of the devices with contact", "of all touched")
MOST_QUANTITIES = 12

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WaferFindings:
    """A study with its quantities; `has_criteria` is True if they have required ranges."""

    study: WaferStudy
    quantities: tuple[WaferQuantity, ...]
    has_criteria: bool

    @property
    def states(self) -> Counter[str]:
        """How many devices were measured, failed, had no contact, or were not touched."""
        return Counter(state_of(self.study, place) for place in self.study.places)

    @property
    def summary(self) -> str:
        """The numbers of devices and dies in one line."""
        counts = self.states
        parts = ", ".join(f"{counts[state]} {state}" for state in STATES if counts[state])
        dies = counted(len(self.study.dies), "die")
        return f"{counted(len(self.study.places), 'device')} on {dies}: {parts}"

    @property
    def varying(self) -> list[WaferQuantity]:
        """The quantities that are not the same on all devices."""
        return [q for q in self.quantities if len(set(q.values.values())) > 1]

    @property
    def components(self) -> list[tuple[WaferQuantity, VarianceComponents]]:
        """The components of each quantity that has values."""
        dies = self.study.dies
        return [(q, variance_components(q.by_die(dies))) for q in self.quantities if q.values]

    def yields(self) -> list[tuple[str, Estimate, Estimate]]:
        """Return for each criterion, then for all of them, the share of the devices with contact
        that fulfil it, and of all that were touched: one without contact counts as bad there.
        """
        rows = [(q.label, [q]) for q in self.quantities]
        if len(rows) > 1:
            rows.append(("all of them", list(self.quantities)))
        return [(name, self._yield(chosen), self._yield(chosen, True)) for name, chosen in rows]

    def good_share(self) -> dict[Die, float]:
        """Return the share of good devices of each die, of those with contact."""
        shares = {}
        for die in self.study.dies:
            good, all_ = self._of_die(die, self.quantities, touched=False)
            if all_:
                shares[die] = good / all_
        return shares

    def _yield(self, chosen: Sequence[WaferQuantity], touched: bool = False) -> Estimate:
        counts = [self._of_die(die, chosen, touched=touched) for die in self.study.dies]
        good, devices = zip(*counts, strict=True)
        return clustered_share(good, devices)

    def _of_die(
        self, die: Die, chosen: Sequence[WaferQuantity], *, touched: bool
    ) -> tuple[int, int]:
        places = [
            place
            for place in self.study.of_die(die)
            if any(quantity.is_about(place) for quantity in chosen)
        ]
        found = [passing(self.study, chosen, place) for place in places]
        known = [good for good in found if good is not None]
        lost = sum(place in self.study.no_contact for place in places) if touched else 0
        return sum(known), len(known) + lost

    @property
    def without_contact(self) -> list[Die]:
        """The dies none of whose devices had contact."""
        return [
            die
            for die in self.study.dies
            if all(place in self.study.no_contact for place in self.study.of_die(die))
        ]


def find(
    store: Store, wafer: str, criteria: CriteriaFile | None = None, tag: str | None = None
) -> WaferFindings:
    """Return the study of a wafer with its quantities; raises AnalysisError."""
    study = load_study(store, wafer, tag)
    chosen = () if criteria is None else criteria.criteria
    devices = {place.device: None for place in study.places}
    for criterion in chosen:
        if criterion.device and criterion.device not in devices:
            raise AnalysisError(
                f"The criteria are about the device {criterion.device}, and each die of {wafer} "
                f"has {', '.join(devices)}: correct device."
            )
    quantities = measure_quantities(store, study, chosen)
    return WaferFindings(study, tuple(quantities), criteria is not None)


def undetermined(findings: WaferFindings) -> str:
    """Return what the components of variance lack if they cannot be told apart, else nothing."""
    if all(
        isfinite(c.die_std.value) and isfinite(c.device_std.value) for _, c in findings.components
    ):
        return ""
    return (
        "A σ from die to die takes two dies, that on a die two devices of one: with one device on "
        "each die they cannot be told apart, and are not determined."
    )


def reason_rows(findings: WaferFindings) -> list[Row]:
    """Return why finished runs have no value: quantity, reason, and of how many devices."""
    reasons = Counter(
        (q.label, why)
        for q in findings.quantities
        for place, why in q.reasons.items()
        if place not in q.values
    )
    return [(label, why, str(count)) for (label, why), count in reasons.items()]


def component_rows(findings: WaferFindings) -> list[Row]:
    """Return the table of components under `COLUMNS`, in the units of the criteria."""
    return [
        (
            f"{q.label}{_in(q)}",
            str(found.dies),
            str(found.devices),
            _text(q, found.mean),
            _text(q, found.die_std),
            _text(q, found.device_std),
        )
        for q, found in findings.components
    ]


def tilt_rows(findings: WaferFindings) -> list[Row]:
    """Return the table of tilts under `TILT_COLUMNS`; a quantity of too few dies is left out."""
    study, rows = findings.study, list[Row]()
    centres_m = np.array([study.map.centre_m(die) for die in study.dies])
    for q in findings.varying:
        try:
            found = tilt(q.by_die(study.dies), centres_m)
        except AnalysisError:
            continue
        slopes = [_text(q, each, 0.01) for each in (found.along_x, found.along_y)]
        rows.append((f"{q.label}{_in(q)}", *slopes, _text(q, found.die_std)))
    return rows


def yield_rows(findings: WaferFindings) -> list[Row]:
    """Return the table of yields under `YIELD_COLUMNS`, in %; none without criteria."""
    if not findings.has_criteria or not findings.study.contacted:
        return []
    return [
        (name, *(f"{format_interval(e.value, e.low, e.high, 100)} %" for e in (of, touched)))
        for name, of, touched in findings.yields()
    ]


def panels(findings: WaferFindings) -> list[Panel]:
    """Return the maps and the devices die by die, of at most `MOST_QUANTITIES` quantities."""
    study, drawn = findings.study, list[Panel]()
    lost = findings.without_contact
    if findings.has_criteria and study.contacted:
        share = {die: 100 * value for die, value in findings.good_share().items()}
        drawn.append(
            wafer_map(
                "yield",
                "Share of good devices of each die",
                "Good devices (%)",
                "",
                study.map,
                share,
                lost,
                span=(0.0, 100.0),
            )
        )
    for q in findings.varying[:MOST_QUANTITIES]:
        name = "".join(c if c.isalnum() else "-" for c in q.label)
        factor, label = (100.0, f"{_capital(q.label)} (%)") if q.unit == "ratio" else (1.0, "")
        by_die = [factor * values for values in q.by_die(study.dies)]
        means = {d: float(v.mean()) for d, v in zip(study.dies, by_die, strict=True) if len(v)}
        shown = label or _capital(q.label)
        unit = "" if label else _SYMBOLS.get(q.unit, q.unit)
        drawn.append(
            wafer_map(f"map-{name}", f"{q.label}, by die", shown, unit, study.map, means, lost)
        )
        drawn.append(
            devices_by_die(
                f"devices-{name}", f"{q.label}, each device", shown, unit, study.dies, by_die
            )
        )
    return drawn


def write_wafer_report(
    findings: WaferFindings, path: Path, title: str, made: datetime, database: str
) -> None:
    """Write the page, which needs no other file; raises OutputFileError."""
    study = findings.study
    devices = table(study, findings.quantities)
    text = TEMPLATES.get_template("wafer.html.jinja").render(
        title=title,
        made=made.astimezone().isoformat(sep=" ", timespec="minutes"),
        summary=findings.summary,
        tag=study.tag,
        database=database,
        columns=COLUMNS,
        components=component_rows(findings),
        tilt_columns=TILT_COLUMNS,
        tilts=tilt_rows(findings),
        yield_columns=YIELD_COLUMNS,
        yields=yield_rows(findings),
        figures=[(panel.title, data_url(png_of(panel))) for panel in panels(findings)],
        undetermined=undetermined(findings),
        reasons=reason_rows(findings),
        no_contact=[(device_name(place), why) for place, why in study.no_contact.items()],
        failed=[
            (device_name(place), str(run.id), run.message or str(run.status))
            for place, runs in study.failed.items()
            for run in runs
        ],
        device_columns=list(devices.columns),
        devices=[[_cell(value) for value in row] for row in devices.itertuples(index=False)],
    )
    with atomic_write(path) as draft:
        draft.write_text(text, encoding="utf-8")


_SYMBOLS = {"ohm": "Ω", "ohm m2": "Ω m²"}


def _scale(q: WaferQuantity) -> float:
    unit = q.criterion.shown_unit
    return 1 / parse_quantity("1", q.unit, unit) if unit else 1.0


def _in(q: WaferQuantity) -> str:
    return f" ({q.criterion.shown_unit})" if q.criterion.shown_unit else ""


def _text(q: WaferQuantity, found: Estimate, factor: float = 1.0) -> str:
    if found.low == found.high:
        return f"{found.value * factor * _scale(q):.4g}".replace("-", "−")
    return format_interval(found.value, found.low, found.high, factor * _scale(q))


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "–" if isnan(value) else f"{value:.5g}".replace("-", "−")
    return str(value)


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]
