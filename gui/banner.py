"""The banner: real instruments or virtual ones, the run under way, and STOP."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from ..station.messages import Activity, InstrumentState, RunProgress, StationState
from ..wording import counted
from .durations import after, clock, duration
from .look.theme import REAL, UNKNOWN, VIRTUAL, BannerColours
from .look.widgets import ElidedLabel

HEIGHT = 46
STRIPE_PITCH = 14


class RunBar(QWidget):
    """The share of a run that is done, as a bar in the colour of the banner's text."""

    def __init__(self) -> None:
        super().__init__()
        self._share, self._colour = 0.0, QColor("#ffffff")
        self.setFixedHeight(8)
        self.setMinimumWidth(60)
        self.setMaximumWidth(150)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Progress of the run")

    def show_share(self, share: float, colour: str) -> None:
        self._share, self._colour = min(1.0, max(0.0, share)), QColor(colour)
        self.update()

    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(self.rect())
        ground = QColor(self._colour)
        ground.setAlpha(70)
        painter.setBrush(ground)
        painter.drawRoundedRect(whole, 4, 4)
        whole.setWidth(whole.width() * self._share)
        painter.setBrush(self._colour)
        painter.drawRoundedRect(whole, 4, 4)


class Banner(QWidget):
    """Told in colour, in word and in pattern: violet and hatched is virtual, amber is real."""

    stop_pressed = Signal()
    pause_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._colours, self._shown = UNKNOWN, ""
        self.setFixedHeight(HEIGHT)
        self.kind = _text("STARTING", size=16, bold=True)
        self.place = ElidedLabel()
        self.run = ElidedLabel()
        self.run.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.bar = RunBar()
        self.left = _text("")
        self.pause = QPushButton("Pause")
        self.pause.setObjectName("pause")
        self.pause.setAutoDefault(False)
        self.pause.setToolTip("Pause after this point, or resume (F9)")
        self.pause.clicked.connect(self.pause_pressed)
        self.stop = QPushButton("■  STOP   F12")
        self.stop.setObjectName("stop")
        self.stop.setAccessibleName("Stop the run and make the bench safe (F12)")
        self.stop.setToolTip("Stop the run and make the bench safe, now. F12 works everywhere.")
        self.stop.setAutoDefault(False)
        self.stop.clicked.connect(self.stop_pressed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 4, 10, 4)
        layout.setSpacing(12)
        layout.addWidget(self.kind)
        layout.addWidget(self.place, 6)
        layout.addWidget(self.run, 4)
        layout.addWidget(self.bar, 2)
        layout.addWidget(self.left)
        layout.addWidget(self.pause)
        layout.addSpacing(2)
        layout.addWidget(self.stop)
        self.bar.hide()
        self.pause.hide()
        self._colour_texts()

    def show_starting(self, sentence: str) -> None:
        """Show that there is no station yet, or no longer."""
        self._recolour(UNKNOWN)
        self.kind.setText("STATION")
        self.place.setText("")
        self._show_sentence(sentence)

    def show_state(self, state: StationState) -> None:
        """Show bench, device, and what the station does."""
        virtual = state.bench.virtual
        self._recolour(VIRTUAL if virtual else REAL)
        self.kind.setText("VIRTUAL BENCH" if virtual else "REAL INSTRUMENTS")
        self.place.setText(place_text(state))
        if state.activity is Activity.RUNNING and state.run is not None:
            self._show_run(state.run)
        else:
            self._show_sentence(activity_text(state))

    def _show_run(self, run: RunProgress) -> None:
        share = run.done / run.expected if run.expected else 0.0
        self.run.setText(f"Run {run.run_id} · {run.protocol}")
        self.bar.show_share(share, self._colours.text)
        self.bar.show()
        self.left.setText(f"{share:.0%}".replace("%", " %") + f"  ·  {time_left(run)}")
        self.left.show()
        self.pause.setText("Resume" if run.paused else "Pause")
        self.pause.show()

    def _show_sentence(self, sentence: str) -> None:
        self.run.setText(sentence)
        for widget in (self.bar, self.left, self.pause):
            widget.hide()

    def _recolour(self, colours: BannerColours) -> None:
        if colours != self._colours:
            self._colours = colours
            self._colour_texts()
            self.update()

    def _colour_texts(self) -> None:
        for text in (self.kind, self.place, self.run, self.left):
            text.setStyleSheet(f"color: {self._colours.text}; {_BOLD if text is self.run else ''}")
            palette = text.palette()
            palette.setColor(QPalette.ColorRole.WindowText, QColor(self._colours.text))
            text.setPalette(palette)
        self.kind.setStyleSheet(f"color: {self._colours.text}; font-size: 16px; {_BOLD}")
        self.pause.setStyleSheet(
            f"QPushButton {{ color: {self._colours.text}; background: {self._colours.ground}; "
            f"border: 1px solid {self._colours.text}; }}"
        )

    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._colours.ground))
        if self._colours.stripe == self._colours.ground:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._colours.stripe), 5))
        for left in range(-self.height(), self.width() + self.height(), STRIPE_PITCH):
            painter.drawLine(left, self.height() + 4, left + self.height() + 8, -4)


_BOLD = "font-weight: 600;"


def place_text(state: StationState) -> str:
    """Return bench and device, and for a virtual bench that nothing is plugged in."""
    device = "" if state.bench.device == state.bench.name else f"device {state.bench.device}"
    nothing = "nothing is plugged in" if state.bench.virtual else ""
    return "  ·  ".join(filter(None, (state.bench.name, device, nothing)))


def time_left(run: RunProgress) -> str:
    """Return how long a run still takes, and until when."""
    if run.paused:
        return "paused"
    if run.remaining_s is None:
        return "time left not known yet"
    return f"{duration(run.remaining_s)} left, until {clock(after(run.remaining_s))}"


def activity_text(state: StationState) -> str:
    """Return what the station does in a few words."""
    match state.activity:
        case Activity.OPENING:
            return "Opening the instruments …"
        case Activity.STOPPING:
            return f"{_which(state)}stopping: {safe_text(state.instruments)}"
        case Activity.BY_HAND:
            return "Set by hand; outputs may be on. Make safe with F12."
        case Activity.NOT_OPEN:
            return state.problem or "The bench is not open."
        case Activity.IDLE:
            if state.held and state.queue:
                return f"Ready, outputs off. The queue is held: {len(state.queue)} waiting."
            return "Ready. Outputs are off, field is 0."
        case _:
            return "Starting a run …"


def safe_text(instruments: tuple[InstrumentState, ...]) -> str:
    """Return how many instruments are safe: "2 of 3 instruments safe"."""
    safe = sum(each.state in ("safe", "ready") for each in instruments)
    return f"{safe} of {counted(len(instruments), 'instrument')} safe"


def _which(state: StationState) -> str:
    return "" if state.run is None else f"Run {state.run.run_id} · "


def _text(text: str, size: int = 13, *, bold: bool = False) -> QLabel:
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setStyleSheet(f"font-size: {size}px; {_BOLD if bold else ''}")
    return made
