"""The instruments of the bench: state in shape, word and colour, identity, and what went wrong."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ...station.messages import InstrumentState
from ..look.symbols import Symbol, colour_of
from ..look.theme import LIGHT, Theme
from ..look.widgets import ElidedLabel, label, plain_tip

HUNG_AFTER_S = 1.0
UNKNOWN = "not known"


class InstrumentRow(QWidget):
    """One instrument: symbol, name and state, its detail below."""

    def __init__(self) -> None:
        super().__init__()
        self.symbol = Symbol()
        self.name = ElidedLabel("", "title")
        self.state = label("")
        self.detail = ElidedLabel("", "muted")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(0)
        grid.addWidget(self.symbol, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.name, 0, 1)
        grid.addWidget(self.state, 0, 2)
        grid.addWidget(self.detail, 1, 1, 1, 2)
        grid.setColumnStretch(1, 1)

    def show_state(self, instrument: InstrumentState, theme: Theme, *, stopping: bool) -> None:
        colour = colour_of(instrument.state, theme)
        self.symbol.show_state(instrument.state, colour)
        self.name.setText(instrument_name(instrument))
        self.state.setText(state_text(instrument, stopping=stopping))
        self.state.setStyleSheet(f"color: {colour};")
        self.detail.setText(detail_text(instrument))
        self.setToolTip(
            plain_tip(
                f"{instrument.name}: {instrument.identity or instrument.driver}\n"
                f"{instrument.address}\n{instrument.state}: {instrument.detail}"
            )
        )


class InstrumentList(QWidget):
    """A row for each instrument, made once and then only refreshed."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[InstrumentRow] = []
        self._shown: tuple[InstrumentState, ...] = ()
        self._theme = LIGHT
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(7)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme

    def show_instruments(
        self, instruments: tuple[InstrumentState, ...], *, stopping: bool = False
    ) -> None:
        while len(self.rows) < len(instruments):
            self.rows.append(InstrumentRow())
            self._layout.addWidget(self.rows[-1])
        for index, row in enumerate(self.rows):
            row.setVisible(index < len(instruments))
        for row, instrument in zip(self.rows, instruments, strict=False):
            row.show_state(instrument, self._theme, stopping=stopping)
        self._shown = instruments

    def show_unknown(self) -> None:
        """Show that the states are not known, as long as the station does not answer."""
        detail = "the station does not answer"
        unknown = [replace(each, state=UNKNOWN, detail=detail) for each in self._shown]
        self.show_instruments(tuple(unknown))


def instrument_name(instrument: InstrumentState) -> str:
    """Return maker and model from the identity: "Keysight 81160A"; else the name on the bench."""
    maker, _, rest = instrument.identity.partition(",")
    model = rest.partition(",")[0].strip().removeprefix("MODEL").strip()
    if not model:
        return instrument.name[:1].upper() + instrument.name[1:]
    if model.startswith("BIT "):  # the interface card of a Kepco supply, which it names last
        model = f"BOP {model.split()[2]}" if len(model.split()) > 2 else model
    return f"{_maker(maker)} {' '.join(model.split()[:2])}"


def _maker(text: str) -> str:
    known = {
        "agilent": "Agilent",
        "keithley": "Keithley",
        "kepco": "Kepco",
        "keysight": "Keysight",
        "lsci": "Lake Shore",
        "lake shore": "Lake Shore",
    }
    small = text.strip().lower()
    found = next((name for start, name in known.items() if small.startswith(start)), None)
    return found or text.strip().title()


def state_text(instrument: InstrumentState, *, stopping: bool) -> str:
    """Return the state in a word; while stopping, with its seconds."""
    if stopping and instrument.state == "no answer":
        return f"waiting {instrument.seconds:.0f} s"
    if stopping and instrument.state == "safe":
        return "safe"
    return instrument.state


def detail_text(instrument: InstrumentState) -> str:
    """Return the detail as a line of its own, else the role of the instrument."""
    text = instrument.detail or instrument.name
    if instrument.state == "no answer" and instrument.seconds >= HUNG_AFTER_S:
        text = f"{text.rstrip('.')}, for {instrument.seconds:.0f} s"
    return text[:1].upper() + text[1:]
