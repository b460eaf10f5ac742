"""The temperature of a run, typed with its unit, or left to what it is."""

from PySide6.QtWidgets import QLineEdit

from ...errors import DwmtjError
from ...instruments import BenchFile
from ...quantities import QuantityError, parse_temperature_K

WIDTH = 112


class TemperatureField(QLineEdit):
    """A temperature that the bench may have, checked against its limits."""

    def __init__(self, bench: BenchFile) -> None:
        super().__init__()
        self._bench = bench
        self.setPlaceholderText("Temperature")
        self.setAccessibleName("Temperature")
        self.setToolTip(
            "Such as 85 °C: set and awaited if the bench has a controller, stated otherwise"
        )
        self.setFixedWidth(WIDTH)

    def value_K(self) -> float | None:
        """Return what is typed; raises DwmtjError if the bench cannot have this temperature."""
        text = self.text().strip()
        if not text:
            return None
        try:
            temperature_K = parse_temperature_K(text)
        except QuantityError as error:
            raise DwmtjError(f"Temperature: {text} {error}.") from error
        self._bench.check_temperature(temperature_K)
        return temperature_K

    def show_K(self, temperature_K: float | None) -> None:
        self.setText("" if temperature_K is None else f"{temperature_K:.10g} K")
