"""A level of a state model on one device: the protocol that writes it, new or resumed.

Pulses, field and read current follow the model, which holds for no others.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..analysis.state_model import StateModel
from ..protocols import ProtocolError
from ..protocols.adaptive.write_plan import WritePlan
from ..protocols.adaptive.write_verify import WriteVerify
from ..protocols.catalogue import set_parameters
from .plan import writing_procedure

OWN = ("erase", "most_pulses", "read_delay_s")
"""The parameters that do not follow the model."""


def level_writing(model: StateModel, level: int, given: Mapping[str, float | str]) -> WriteVerify:
    """Return the protocol that writes a level of the model onto one device.

    `given` are parameters among OWN. Raises ProtocolError, and AnalysisError where the model does
    not know how the level is written.
    """
    check_own(given)
    if not 0 <= level < len(model.levels):
        raise ProtocolError(
            f"Model {model.name} has no level {level}: its levels are 0 to "
            f"{len(model.levels) - 1}, from the largest resistance down."
        )
    procedure = writing_procedure(model, np.array([[level]]))
    set_parameters(procedure, given)
    return procedure


def check_own(given: Mapping[str, float | str]) -> None:
    """Raise ProtocolError for a parameter that follows the model, or that does not exist."""
    others = [name for name in given if name not in OWN]
    if others:
        raise ProtocolError(
            f"write-verify takes {others[0]} from the model, or has no such parameter: of its "
            f"own are {', '.join(OWN)}."
        )


def resumed_writing(stored: Mapping[str, Any]) -> WriteVerify:
    """Return the protocol with the stored parameters of its run, the plan among them.

    Raises ProtocolError if they hold no plan.
    """
    parameters = dict(stored)
    procedure = WriteVerify()
    procedure.plan = WritePlan.from_document(parameters.pop("plan", {}))
    for name, value in parameters.items():
        setattr(procedure, name, value)
    procedure.validate()
    return procedure
