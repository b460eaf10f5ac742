"""Synapse technologies compared on one task: to table, figure and stored result.

    configuration = ComparisonConfiguration(technologies=find_technologies(["magnetic"]))
    output = compare_technologies(Path("compared"), configuration)

The command `dwmtj learn compare` does the same.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from ....analysis.state_model.model import StateModel
from ....storage import Store, check_overwrite
from ...sweeps.checkpoint import Checkpoint
from ..data.dataset_files import DATA_VARIABLE
from ..data.images import load_images
from ..progress import ShowProgress, progress_bar
from ..study_output import StudyOutput, save_figures
from ..synapses.technologies import Technology, find_listed, of_model, of_tables
from .figure import comparison_panel, rules_panel
from .study import Compared, ComparisonConfiguration, compare

TABLES_FOLDER = "cross-sim-dwmtj"
NONE = "none"


def find_technologies(
    names: Sequence[str] = (),
    tables: Sequence[Path] | None = None,
    models: Sequence[StateModel | Technology] = (),
) -> tuple[Technology, ...]:
    """Return technologies by name or family (all if none is named), of tables and of models.

    The name "none" leaves those of Table 1 out.
    Those among `models` that are technologies, published ones say, are taken as they are.
    `tables` are CrossSim's of increasing conductance; None takes those that lie in
    $DWMTJ_DATA/cross-sim-dwmtj, if magnetic ones are wanted. Raises NetworkError.
    """
    found = _tables_in_data_folder(names) if tables is None else tables
    added = (each if isinstance(each, Technology) else of_model(each) for each in models)
    listed = () if list(names) == [NONE] else find_listed(names)
    return (*listed, *map(of_tables, found), *added)


def compare_technologies(
    folder: Path,
    configuration: ComparisonConfiguration,
    *,
    database: str | Path | None = None,
    overwrite: bool = False,
    progress: ShowProgress = progress_bar,
) -> StudyOutput[list[Compared]]:
    """Train the network with every technology; write the figure, keep the result.

    Each training is kept in a checkpoint in the folder until the end: an interrupted comparison
    resumes. Raises NetworkError and StoreError.
    """
    name, panel_of = ("technologies", comparison_panel)
    if len(configuration.rules) > 1:
        name, panel_of = ("rules", rules_panel)
    check_overwrite(folder / f"{name}.png", overwrite=overwrite)
    images = load_images(configuration.data_set)
    checkpoint = Checkpoint(folder / "compare.checkpoint", configuration.document())
    with Store.open(database) as store:
        with progress(configuration.epochs, len(checkpoint), checkpoint.path, "epochs") as report:
            compared = compare(configuration, images, checkpoint, report)
        result = store.add_result(
            "compare",
            configuration.data_set,
            configuration=configuration.document(),
            data={"technologies": [entry.document() for entry in compared]},
        )
        place = store.place
    panel = panel_of(compared, configuration.data_set)
    files = save_figures([panel], folder, [result], place)
    checkpoint.remove()
    return StudyOutput(compared, (result,), place, files)


def _tables_in_data_folder(names: Sequence[str]) -> list[Path]:
    folder = os.environ.get(DATA_VARIABLE)
    if not folder or (names and "magnetic" not in names):
        return []
    return sorted((Path(folder).expanduser() / TABLES_FOLDER).glob("*increasing*.txt"))
