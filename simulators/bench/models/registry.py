"""The instrument models a lab file can name."""

from ..scpi.instrument import Model
from . import keithley_2400, keithley_2750, kepco_bop, keysight_81160a, lakeshore_425

MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        keysight_81160a.MODEL,
        keithley_2400.MODEL,
        kepco_bop.MODEL,
        lakeshore_425.MODEL,
        keithley_2750.MODEL,
    )
}
