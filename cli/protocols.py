"""`dwmtj protocols`: the protocols and their parameters."""

from typing import Annotated, Any

import typer

from ..protocols.catalogue import PROTOCOLS, make_protocol
from .console import print_json, print_table
from .options import JsonOption


def protocols(
    protocol: Annotated[
        str | None, typer.Argument(help="Name of the protocol whose parameters to show.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the protocols, or the parameters of one."""
    if protocol is None:
        rows = [(name, cls.summary) for name, cls in PROTOCOLS.items()]
        if as_json:
            print_json([{"protocol": name, "summary": summary} for name, summary in rows])
        else:
            print_table("Protocols", ("protocol", "summary"), rows)
        return
    parameters = _parameters(protocol)
    if as_json:
        print_json(parameters)
        return
    print_table(
        f"{protocol}: {PROTOCOLS[protocol].summary}",
        ("parameter", "default", "unit", "from", "to", "meaning"),
        [
            (
                str(row["parameter"]),
                f"{row['default']:g}",
                str(row["unit"]),
                f"{row['minimum']:g}",
                f"{row['maximum']:g}",
                str(row["meaning"]),
            )
            for row in parameters
        ],
    )


def _parameters(protocol: str) -> list[dict[str, Any]]:
    return [
        {
            "parameter": key,
            "default": parameter.default,
            "unit": parameter.units or "",
            "minimum": parameter.minimum,
            "maximum": parameter.maximum,
            "meaning": f"{parameter.name}: {parameter.description}"
            if parameter.description
            else parameter.name,
        }
        for key, parameter in make_protocol(protocol).parameter_objects().items()
    ]
