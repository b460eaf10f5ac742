"""`dwmtj protocols`: the protocols and their parameters."""

from typing import Annotated, Any

import typer

from ..protocols.adaptive.write_verify import WriteVerify
from ..protocols.catalogue import PROTOCOLS, make_protocol
from ..protocols.declarations import Declaration, declarations
from ..protocols.procedure import BenchProcedure
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
        listed: list[type[BenchProcedure]] = [*PROTOCOLS.values(), WriteVerify]
        rows = [(each.name, each.summary) for each in listed]
        if as_json:
            print_json([{"protocol": name, "summary": summary} for name, summary in rows])
        else:
            print_table("Protocols", ("protocol", "summary"), rows)
        return
    declared = declarations(_class_of(protocol))
    if as_json:
        print_json([_document(each) for each in declared])
        return
    print_table(
        f"{protocol}: {_class_of(protocol).summary}",
        ("group", "parameter", "default", "range", "meaning"),
        [
            (each.group, each.name, each.show(each.default), each.range, _meaning(each))
            for each in declared
        ],
    )


def _class_of(protocol: str) -> type[BenchProcedure]:
    return WriteVerify if protocol == WriteVerify.name else type(make_protocol(protocol))


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
