"""`dwmtj micromag`: micromagnetic simulation of notched tracks."""

import typer

from .design.design import design
from .neuron import neuron
from .reduced import reduced
from .synapse import synapse
from .thresholds import thresholds

app = typer.Typer(no_args_is_help=True, help="Simulate notched tracks micromagnetically.")


@app.callback()
def micromag() -> None:
    """Simulate notched tracks micromagnetically."""


app.command("thresholds")(thresholds)
app.command("design")(design)
app.command("neuron")(neuron)
app.command("synapse")(synapse)
app.command("reduced")(reduced)
