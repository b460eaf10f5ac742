"""What the window asks of the station, in the words of its buttons and keys."""

from PySide6.QtCore import QObject, Signal

from ..station.messages import HandReading, Job, NewJob, StationState
from ..storage import RunSummary
from .bench.reading import resistance_text
from .link.station_link import StationLink
from .panels import Panels


class Commands(QObject):
    """Commands to the station; what comes of them is said in the messages."""

    said = Signal(str, str)
    """A level and a sentence."""

    def __init__(self, link: StationLink, panels: Panels) -> None:
        super().__init__()
        self._link, self._panels = link, panels
        self.state: StationState | None = None
        hand = panels.bench.by_hand
        panels.banner.stop_pressed.connect(self.stop)
        panels.banner.pause_pressed.connect(self.pause_or_resume)
        panels.new_run.added.connect(self.add)
        panels.new_run.edited.connect(self.edit)
        panels.queue.edit_asked.connect(self.show_job)
        panels.bench.check_asked.connect(self.check)
        panels.bench.replace_asked.connect(link.replace)
        panels.runs.resume_asked.connect(self.resume_run)
        hand.pulse.connect(self.pulse)
        hand.read.connect(self.read)
        hand.field.connect(self.go_to_field)
        hand.safe.connect(self.make_safe)

    def stop(self) -> None:
        """Stop the run and make the bench safe, at once; again: replace the process."""
        self._link.stop()
        self.said.emit("info", "Stop was pressed.")

    def pause_or_resume(self) -> None:
        """Pause the run under way, or resume it."""
        run = self.state.run if self.state else None
        if run is not None:
            paused = run.paused
            self._link.do(lambda station: station.resume() if paused else station.pause())

    def add_from_form(self) -> None:
        """Add the run of the form to the queue."""
        self._panels.new_run.submit()

    def new_run(self) -> None:
        """Put the focus into the form of a new run."""
        self._panels.new_run.cancel_editing()
        self._panels.new_run.focus_form()

    def add(self, job: NewJob) -> None:
        """Add a run to the queue."""

        def added(number: int) -> None:
            self._panels.new_run.was_added(job)
            self.said.emit("info", f"Job {number}, {job.protocol}, is in the queue.")

        self._link.do(lambda station: station.add(job), added, owner=self)

    def edit(self, number: int, job: NewJob) -> None:
        """Replace a run of the queue."""
        self._link.do(
            lambda station: station.edit(number, job),
            lambda _: self._panels.new_run.was_edited(number),
            owner=self,
        )

    def show_job(self, job: Job) -> None:
        """Show a run of the queue in the form, to be edited."""
        self._panels.new_run.edit_job(job)

    def resume_run(self, run: RunSummary) -> None:
        """Queue a run to be resumed."""
        operator = self._panels.new_run.operator.text().strip()
        self.add(NewJob(run.protocol, resume=run.id, operator=operator))

    def hold_queue(self) -> None:
        """Hold the queue, or release it."""
        self._panels.queue.hold.click()

    def check(self) -> None:
        """Ask every instrument, or start the station again if it is gone."""
        if self.state is None:
            self._link.restart()
        else:
            self._link.do(lambda station: station.check())

    def open_pulse(self) -> None:
        self._panels.bench.by_hand.toggle("pulse")

    def open_read(self) -> None:
        self._panels.bench.by_hand.toggle("read")

    def open_field(self) -> None:
        self._panels.bench.by_hand.toggle("field")

    def pulse(self, values: dict[str, float]) -> None:
        """Fire one pulse by hand."""
        amplitude_V, width_s = values["amplitude_stop_V"], values["pulse_width_s"]
        rise_s, fall_s = values["rise_s"], values["fall_s"]
        self._link.do(
            lambda station: station.pulse(amplitude_V, width_s, rise_s, fall_s),
            lambda _: self.said.emit("info", f"One pulse of {amplitude_V:g} V was fired."),
            owner=self,
        )

    def read(self, values: dict[str, float]) -> None:
        """Read the junction by hand."""
        current_A = values["read_current_A"]
        self._link.do(lambda station: station.read(current_A), self._show_reading, owner=self)

    def go_to_field(self, values: dict[str, float]) -> None:
        """Ramp to a field by hand."""
        field_T = values["bias_field_T"]
        self._link.do(lambda station: station.go_to_field(field_T), self._show_field, owner=self)

    def make_safe(self) -> None:
        """Switch everything off."""
        self._link.do(lambda station: station.make_safe())

    def _show_reading(self, reading: HandReading) -> None:
        self._panels.bench.reading.show_reading(reading)
        self.said.emit("info", f"Read by hand: {resistance_text(reading.resistance_ohm)}.")

    def _show_field(self, field_T: float) -> None:
        self.said.emit("info", f"The field is {field_T * 1e3:.4g} mT.".replace("-", "−"))
