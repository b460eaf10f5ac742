"""`dwmtj protocols`: the protocols and their parameters."""

from typing import Annotated, Any

import typer

from ..protocols.catalogue import PROTOCOLS, make_protocol
from ..protocols.declarations import Declaration, declarations
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
    declared = _declarations(protocol)
    if as_json:
        print_json([_document(each) for each in declared])
        return
    print_table(
        f"{protocol}: {PROTOCOLS[protocol].summary}",
        ("group", "parameter", "default", "range", "meaning"),
        [
            (each.group, each.name, each.show(each.default), each.range, _meaning(each))
            for each in declared
        ],
    )


def _declarations(protocol: str) -> tuple[Declaration, ...]:
    return declarations(type(make_protocol(protocol)))


def _document(declared: Declaration) -> dict[str, Any]:
    return {
        "parameter": declared.name,
        "group": declared.group,
        "default": declared.default,
        "unit": declared.unit,
        "display_unit": declared.display_unit,
        "minimum": declared.minimum,
        "maximum": declared.maximum,
        "meaning": _meaning(declared),
    }


def _meaning(declared: Declaration) -> str:
    return f"{declared.label}: {declared.help}" if declared.help else declared.label
