"""`dwmtj network`: trained networks on the devices of an array, through the bench."""

import typer

from .program import program
from .train import train

app = typer.Typer(
    no_args_is_help=True,
    help="Bring trained networks onto a bench (needs the extra: pip install 'dwmtj[learning]').",
)


@app.callback()
def network() -> None:
    """Bring trained networks onto a bench (needs the extra: pip install 'dwmtj[learning]')."""


app.command("program")(program)
app.command("train")(train)
