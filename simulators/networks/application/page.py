"""The page of an application: device, accuracies, what the uncertainty contains, provenance."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from ....analysis.figures import Panel, png_of
from ....analysis.formatting import format_interval
from ....analysis.report import page as report_page
from ....analysis.report.table import Table
from ....analysis.state_model.display import conductance_text
from ....analysis.state_model.model import Quantity, StateModel
from ....storage import ResultRecord, atomic_write
from ..crossbar.analog_network import AnalogNetwork
from ..crossbar.report import report
from ..crossbar.report_text import describe, formatted_table
from .result import Applied
from .summary import accuracy_table, contents


def write_page(
    path: Path,
    model: StateModel,
    applied: Applied,
    analog: AnalogNetwork,
    panels: list[Panel],
    result: ResultRecord,
    database: str,
) -> None:
    """Write the page; raises OutputFileError if it cannot be written."""
    text = _template().render(
        title=f"{applied.task} on devices like {model.name}",
        made=datetime.now(UTC).astimezone().isoformat(sep=" ", timespec="minutes"),
        accuracies=accuracy_table(applied, model),
        contents=contents(applied, model),
        figures=[(panel.title, report_page.data_url(png_of(panel))) for panel in panels],
        tables=[_levels(model), _layers(analog)],
        provenance=[
            ("result", f"{result.id} of {database}"),
            ("model", f"{model.name}, version {model.version}, of {', '.join(model.devices)}"),
            ("measured in", _runs(model)),
            ("calibrated", model.levels_source.date),
            ("code version", result.code_version),
            ("seed", str(result.seed)),
        ],
    )
    with atomic_write(path, make_folder=True) as draft:
        draft.write_text(text, encoding="utf-8")


@cache
def _template() -> Template:
    folders = [Path(__file__).parent, Path(report_page.__file__).parent]  # the latter's style sheet
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("application.html.jinja")


def _levels(model: StateModel) -> Table:
    rows = tuple(
        (
            str(number),
            _text(level.resistance_ohm),
            "one visit" if level.cycle_std_ohm is None else _text(level.cycle_std_ohm),
            conductance_text(level),
            str(level.visits),
        )
        for number, level in enumerate(model.levels)
    )
    columns = ("level", "mean (Ω)", "σ of visits (Ω)", "mean (mS)", "visits")
    return Table("The device's levels", columns, rows, model.remarks)


def _layers(analog: AnalogNetwork) -> Table:
    found = report(analog)
    table = formatted_table(found)
    rows = tuple(tuple(row) for row in table.itertuples(index=False))
    return Table("The network's layers", tuple(table.columns), rows, describe(found))


def _runs(model: StateModel) -> str:
    source = model.levels_source
    if not source.runs:
        return source.method
    return f"run {', '.join(map(str, source.runs))} of {source.database}"


def _text(quantity: Quantity) -> str:
    return format_interval(quantity.value, quantity.low, quantity.high)
