"""The provenance line of every export."""

import re

from ..state_model.model import StateModel


def provenance(model: StateModel) -> str:
    """Return one line: name, version, devices, runs, database, code version, date."""
    source = model.levels_source
    return (
        f"State model {model.name}, version {model.version}, of {', '.join(model.devices)}: runs "
        f"{', '.join(map(str, source.runs))} of {source.database}, dwmtj {source.code_version}, "
        f"{source.date}."
    ).replace("\n", " ")


def class_name(model: StateModel) -> str:
    """Return the model's name as the name of a class: trapezoid-A3 becomes TrapezoidA3."""
    words = re.findall(r"[A-Za-z0-9]+", model.name)
    name = "".join(word[:1].upper() + word[1:] for word in words)
    return name if name[:1].isalpha() else f"Device{name}"
