"""The latest reading, large, with what was set when it was taken."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ...station.messages import HandReading
from ..look.widgets import ElidedLabel, label


class ReadingView(QWidget):
    """Resistance in ohm, and the pulse and the field before it."""

    def __init__(self) -> None:
        super().__init__()
        self.value = label("– – –", "reading")
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.value.setAccessibleName("Resistance")
        self.context = ElidedLabel("no reading yet", "muted")
        self.context.setAlignment(Qt.AlignmentFlag.AlignRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(0)
        layout.addWidget(self.value)
        layout.addWidget(self.context)

    def show_reading(self, reading: HandReading | None) -> None:
        if reading is None:
            self.value.setText("– – –")
            self.context.setText("no reading yet")
            return
        self.value.setText(resistance_text(reading.resistance_ohm))
        self.context.setText(context_text(reading))


def resistance_text(resistance_ohm: float | None) -> str:
    """Return a resistance with four figures: "67.49 Ω", "4.114 kΩ"."""
    if resistance_ohm is None:
        return "– – –"
    size = abs(resistance_ohm)
    prefix, factor = next(
        (pair for pair in (("M", 1e6), ("k", 1e3), ("", 1.0)) if size >= pair[1]), ("", 1.0)
    )
    value = resistance_ohm / factor
    decimals = max(0, 3 - len(str(int(abs(value)))) + 1) if abs(value) >= 1 else 3
    return f"{value:.{decimals}f} {prefix}Ω".replace("-", "−")


def context_text(reading: HandReading) -> str:
    """Return what was set around a reading: "after 2.62 V at −4 mT · cycle 9"."""
    pulse = "" if reading.amplitude_V is None else f"after {reading.amplitude_V:g} V"
    field = "" if reading.field_T is None else f"at {reading.field_T * 1e3:.3g} mT"
    where = (
        " ".join(filter(None, (pulse, field))) or f"read at {reading.time.astimezone():%H:%M:%S}"
    )
    cycle = "" if reading.cycle is None else f"cycle {reading.cycle + 1}"
    parts = filter(None, (where, cycle, reading.mark))
    return " · ".join(parts).replace("-", "−")
