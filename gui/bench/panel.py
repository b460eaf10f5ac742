"""The panel of the bench, and its view while the bench is made safe."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from ...station.messages import Activity, StationState
from ..look.theme import Theme
from ..look.widgets import Card, button, hide_when_empty, label, row
from ..parameters import quantity
from .by_hand import ByHand
from .instruments import InstrumentList
from .reading import ReadingView


class BenchPanel(Card):
    """Reading, instruments, by hand and limits; while stopping, what is safe already."""

    check_asked = Signal()
    replace_asked = Signal()

    def __init__(self) -> None:
        super().__init__(spacing=6)
        self.pages = QStackedWidget()
        self.reading = ReadingView()
        self.instruments = InstrumentList()
        self.check = button(
            "Check", self.check_asked.emit, "Ask every instrument, and connect anew", kind="small"
        )
        self.by_hand = ByHand()
        self.problem = label("", "error", wrap=True)
        self.limits = label("", "muted", wrap=True)
        self.stopping = StoppingView(self.replace_asked)
        self.pages.addWidget(self._bench_page())
        self.pages.addWidget(self.stopping)
        self.body.addWidget(self.pages)
        self._limits: Mapping[str, float] | None = None

    def set_theme(self, theme: Theme) -> None:
        self.instruments.set_theme(theme)
        self.stopping.instruments.set_theme(theme)

    def show_state(self, state: StationState) -> None:
        stopping = state.activity is Activity.STOPPING
        self.pages.setCurrentIndex(int(stopping))
        if stopping:
            self.stopping.show_state(state)
        self.reading.show_reading(state.reading)
        self.instruments.show_instruments(state.instruments)
        hide_when_empty(self.problem, state.problem or "")
        self.check.setEnabled(state.activity in (Activity.IDLE, Activity.NOT_OPEN))
        self.by_hand.show_state(state)
        if dict(state.bench.limits) != self._limits:
            self._limits = dict(state.bench.limits)
            self.limits.setText(limits_text(state.bench.limits))
            self.by_hand.set_limits(state.bench.limits, state.bench.read_current_A)

    def show_lost(self) -> None:
        """Show that nobody knows what the instruments do, nor can act by hand."""
        self.pages.setCurrentIndex(0)
        self.instruments.show_unknown()
        self.by_hand.show_lost()

    def _bench_page(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 2, 0)
        layout.setSpacing(6)
        layout.addLayout(row(label("Bench", "title"), 1, self.check))
        layout.addWidget(self.instruments)
        layout.addWidget(self.problem)
        layout.addSpacing(4)
        layout.addWidget(label("BY HAND", "group"))
        layout.addWidget(self.by_hand)
        layout.addWidget(label("NEVER BEYOND", "group"))
        layout.addWidget(self.limits)
        layout.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        for form in self.by_hand.forms.values():
            form.opened.connect(partial(_scroll_to, scroll, form))
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.reading)  # seen also while a form below it is open
        column.addWidget(scroll, 1)
        return whole


def _scroll_to(scroll: QScrollArea, form: QWidget) -> None:
    """Scroll a form into view, once it has its place."""
    QTimer.singleShot(0, form, lambda: scroll.ensureWidgetVisible(form))


class StoppingView(QWidget):
    """Each instrument as it becomes safe, and the way out where one does not answer."""

    def __init__(self, replace_asked: SignalInstance) -> None:
        super().__init__()
        self.since = label("", "muted", wrap=True)
        self.instruments = InstrumentList()
        self.replace = button(
            "Stop the process now…",
            replace_asked.emit,
            "The same as pressing F12 a second time",
        )
        self.explanation = label("", "muted", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(7)
        layout.addWidget(label("Making the bench safe", "title"))
        layout.addWidget(self.since)
        layout.addWidget(self.instruments)
        layout.addWidget(
            label("The points measured so far are stored. You can resume this run.", wrap=True)
        )
        layout.addStretch(1)
        layout.addWidget(self.replace)
        layout.addWidget(self.explanation)

    def show_state(self, state: StationState) -> None:
        self.instruments.show_instruments(state.instruments, stopping=True)
        stop = state.stop
        if stop is None:
            self.since.setText("Stop was asked for.")
            self.explanation.setText("")
            return
        pressed = datetime.now().astimezone().timestamp() - stop.seconds
        moment = datetime.fromtimestamp(pressed).astimezone()
        self.since.setText(f"Stop pressed {moment:%H:%M:%S} · {stop.seconds:.1f} s ago")
        self.explanation.setText(
            "Ends the run's process and makes the bench safe from a new one. "
            f"Without an answer that happens by itself in {max(0, stop.replaced_in_s):.0f}\u00a0s."
        )


def limits_text(limits: Mapping[str, float]) -> str:
    """Return what must never be exceeded: "Pulse 6 V, 1 µs · read 200 µA, 0.5 V · field …"."""

    def each(*names: tuple[str, str]) -> str:
        return ", ".join(quantity(limits[name], unit) for name, unit in names if name in limits)

    rate = limits.get("field_rate_T_per_s")
    parts = {
        "Pulse": each(("pulse_amplitude_V", "V"), ("pulse_width_s", "s")),
        "Read": each(("read_current_A", "A"), ("read_voltage_V", "V")),
        "Field": ", ".join(
            filter(None, (each(("field_T", "T")), "" if rate is None else f"{rate:g} T/s"))
        ),
    }
    return "\n".join(f"{name} {text}" for name, text in parts.items() if text)
