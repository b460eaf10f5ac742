"""`dwmtj infer`: trained networks whose weights are devices."""

import typer

from .cifar100 import infer_cifar
from .circuit import infer_circuit
from .cost import infer_cost
from .program import infer_program

app = typer.Typer(
    no_args_is_help=True,
    help="Run trained networks on devices (needs the extra: pip install 'dwmtj[learning]').",
)


@app.callback()
def infer() -> None:
    """Run trained networks on devices (needs the extra: pip install 'dwmtj[learning]')."""


app.command("cifar100")(infer_cifar)
app.command("circuit")(infer_circuit)
app.command("cost")(infer_cost)
app.command("program")(infer_program)
