"""`dwmtj learn`: networks whose synapses are devices, trained on real images."""

import typer

from .ann import learn_ann
from .cifar100 import learn_cifar
from .compare import learn_compare
from .cost import learn_cost
from .stream import learn_stream

app = typer.Typer(
    no_args_is_help=True,
    help="Train networks of devices (needs the extra: pip install 'dwmtj[learning]').",
)


@app.callback()
def learn() -> None:
    """Train networks of devices (needs the extra: pip install 'dwmtj[learning]')."""


app.command("ann")(learn_ann)
app.command("compare")(learn_compare)
app.command("cost")(learn_cost)
app.command("stream")(learn_stream)
app.command("cifar100")(learn_cifar)
