"""The panel of a new run; it also edits a run in the queue."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLineEdit, QScrollArea

from ...errors import DwmtjError
from ...instruments import BenchFile
from ...station.messages import Job, NewJob
from ...wording import counted
from ..durations import duration
from ..link.worker import Worker
from ..look.theme import Theme
from ..look.widgets import (
    Card,
    QuietComboBox,
    button,
    label,
    row,
    set_look,
)
from ..parameters import Preview, Values, preview, protocol_help, protocol_names
from ..window_state import WindowState
from .form import ParameterForm
from .preview import PreviewDrawing
from .temperature_field import TemperatureField
from .templates import TemplateMenu

FIRST_PROTOCOL = "staircase-write"
HINT_HEIGHT = 31  # two lines
PAUSE_MS = 60  # in typing, before the run is foretold


class NewRunPanel(Card):
    """Protocol, parameters and notes; emits the job when it is added, or the edited one."""

    added = Signal(object)
    edited = Signal(int, object)

    def __init__(self, state: WindowState, worker: Worker, bench: BenchFile) -> None:
        super().__init__(spacing=6)
        self._state, self._worker, self._bench = state, worker, bench
        self._limits: Mapping[str, float] = bench.limits.model_dump(exclude_none=True)
        self._editing: Job | None = None
        self._asked, self._foretold = 0, False
        self._values: Values | None = None
        self._temperature_K: float | None = None
        self.title = label("New run", "title")
        self.operator = QLineEdit(state.operator)
        self.operator.setProperty("flat", True)
        self.operator.setPlaceholderText("Your name")
        self.operator.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.operator.setAccessibleName("Operator")
        self.operator.setToolTip("Stored with every run as its operator")
        self.protocol = QuietComboBox()
        self.protocol.setAccessibleName("Protocol")
        self.protocol.addItems(protocol_names())
        for index, name in enumerate(protocol_names()):
            self.protocol.setItemData(index, protocol_help(name), Qt.ItemDataRole.ToolTipRole)
        self.templates = TemplateMenu(state)
        self.drawing = PreviewDrawing()
        self.form_area = QScrollArea()
        self.form_area.setWidgetResizable(True)
        self.form_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.form_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hint = label("", "muted")
        self.hint.setWordWrap(True)
        self.hint.setFixedHeight(HINT_HEIGHT)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.notes = QLineEdit()
        self.notes.setPlaceholderText("Notes")
        self.notes.setToolTip("Kept with the run")
        self.notes.setAccessibleName("Notes")
        self.temperature = TemperatureField(bench)
        self.temperature.textChanged.connect(self.check)
        self.outcome = label("", "muted", wrap=True)
        self.save = button("Save template…", self.save_template, "Keep these values under a name")
        self.cancel = button("Cancel", self.cancel_editing)
        self.cancel.hide()
        self.add = button("Add to queue", self.submit, "Ctrl+Return", kind="main")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._foretell)
        self._arrange()
        self.form: ParameterForm
        self.protocol.setCurrentText(state.protocol or FIRST_PROTOCOL)
        self._show_form(self.protocol.currentText())
        self.protocol.currentTextChanged.connect(self._show_form)
        self.templates.chosen.connect(self._take_template)
        self.operator.textChanged.connect(lambda text: setattr(state, "operator", text))

    def set_theme(self, theme: Theme) -> None:
        self.drawing.set_theme(theme)

    def show_values(self, protocol: str, values: Values) -> None:
        """Show a protocol with these values."""
        self.protocol.setCurrentText(protocol)
        self.form.set_values(values)

    def check(self) -> None:
        """Check every field, and foretell the run after a pause in typing."""
        self._values = self.form.values()
        self._state.texts[self.protocol.currentText()] = self.form.texts()
        self._foretold = False
        self.add.setEnabled(False)
        if self._values is None:
            wrong = self.form.wrong_fields()
            self._say("One value is wrong." if wrong == 1 else f"{wrong} values are wrong.")
            return
        try:
            self._temperature_K = self.temperature.value_K()
        except DwmtjError as error:
            self._say(str(error))
            return
        self._pause.start()

    def submit(self) -> None:
        """Add the run to the queue, or store what was edited, if all is right."""
        if not self.add.isEnabled() or self._values is None:
            return
        job = self._job(self._values)
        if self._editing is None:
            self.added.emit(job)
        else:
            self.edited.emit(self._editing.number, job)

    def was_added(self, job: NewJob) -> None:
        """Take note that the station has queued a run: its notes are not those of the next."""
        if self._editing is None and self.notes.text().strip() == job.notes:
            self.notes.clear()

    def was_edited(self, number: int) -> None:
        """Take note that the station has taken over what was edited."""
        if self._editing is not None and self._editing.number == number:
            self.cancel_editing()

    def edit_job(self, job: Job) -> None:
        """Show a run of the queue, to be edited; of one that is resumed, only the notes."""
        self._editing = job
        self.show_values(job.new.protocol, {**_numbers(job.new.parameters)})
        self.notes.setText(job.new.notes)
        self.temperature.show_K(job.new.temperature_K)
        self._show_mode()
        if job.new.resume is None:
            self.focus_form()
        else:
            self.notes.setFocus(Qt.FocusReason.OtherFocusReason)

    def cancel_editing(self) -> None:
        """Leave the run in the queue as it is."""
        self._editing = None
        self.notes.clear()
        self.temperature.clear()
        self._show_mode()

    def save_template(self) -> None:
        """Ask for a name and keep the values under it."""
        if self._values is not None:
            self.templates.save(self, self.protocol.currentText(), self._values)

    def focus_form(self) -> None:
        """Put the focus into the first field."""
        for field in self.form.fields.values():
            field.edit.setFocus(Qt.FocusReason.TabFocusReason)
            return

    def _job(self, values: Values) -> NewJob:
        made = NewJob(
            self.protocol.currentText(),
            dict(values),
            notes=self.notes.text().strip(),
            operator=self.operator.text().strip(),
            temperature_K=self._temperature_K,
        )
        if self._editing is None:
            return made
        kept = self._editing.new
        if kept.resume is not None:
            return replace(kept, notes=made.notes)
        same = kept.parameters if kept.protocol == made.protocol else {}  # texts have no fields
        parameters = {**same, **made.parameters}
        return replace(
            kept,
            protocol=made.protocol,
            parameters=parameters,
            notes=made.notes,
            temperature_K=made.temperature_K,
        )

    def _arrange(self) -> None:
        self.body.addLayout(row(self.title, self.operator))
        self.body.addWidget(self.protocol)
        self.body.addLayout(row(self.templates, self.templates.more, spacing=4))
        self.body.addWidget(self.drawing)
        self.body.addWidget(self.form_area, 1)
        self.body.addWidget(self.hint)
        self.body.addLayout(row(self.notes, self.temperature, spacing=4))
        self.body.addWidget(self.outcome)
        self.body.addLayout(row(self.save, self.cancel, self.add))

    def _show_form(self, protocol: str) -> None:
        self._state.protocol = protocol
        self.form = ParameterForm(protocol, self._limits)
        self.form.set_texts(self._state.texts.get(protocol, {}))
        self.form.changed.connect(self.check)
        self.form.hinted.connect(self.hint.setText)
        self.form_area.setWidget(self.form)
        self.hint.setText(protocol_help(protocol))
        self.protocol.setToolTip(protocol_help(protocol))
        self.templates.show_for(protocol)
        self.check()

    def _take_template(self, name: str) -> None:
        template = self._state.template(name)
        if template is not None:
            self.form.set_values(template.values)

    def _foretell(self) -> None:
        self._asked += 1
        number, values = self._asked, self._values
        if values is None:
            return
        protocol, bench = self.protocol.currentText(), self._bench
        self._worker.ask(
            lambda: preview(protocol, values, bench),
            lambda found: self._show_preview(number, found),
            owner=self,
        )

    def _show_preview(self, number: int, found: Preview) -> None:
        if number != self._asked or self._values is None:
            return
        self._foretold = True
        self.drawing.show_run(found.dry_run)
        self.add.setEnabled(not found.problem)
        if found.dry_run is None:
            self._say(found.problem)
            return
        set_look(self.outcome, "muted")
        self.outcome.setText(outcome_text(found))

    def _say(self, problem: str) -> None:
        set_look(self.outcome, "error")
        self.outcome.setText(problem)

    def _show_mode(self) -> None:
        editing = self._editing is not None
        resumed = self._editing.new.resume if self._editing else None
        title = f"Job {self._editing.number}" if self._editing else "New run"
        self.title.setText(title if resumed is None else f"{title}, resumes run {resumed}")
        for widget in (self.protocol, self.templates, self.form, self.temperature):
            widget.setEnabled(resumed is None)
        self.add.setText("Save job" if editing else "Add to queue")
        self.save.setVisible(not editing)
        self.cancel.setVisible(editing)


def outcome_text(found: Preview) -> str:
    """Return "9 × 196 pulses · 1,782 points · about 11 min"."""
    run = found.dry_run
    if run is None:
        return found.problem
    pulses = counted(run.pulses, "pulse")
    if run.cycles > 1 and run.pulses % run.cycles == 0:
        pulses = f"{run.cycles:,} × {counted(run.pulses // run.cycles, 'pulse')}"
    parts = [pulses] * bool(run.pulses)
    time = duration(run.wall_time_s)
    return " · ".join(
        [
            *parts,
            counted(run.points, "point"),
            time if time.startswith("under") else f"about {time}",
        ]
    )


def _numbers(parameters: Mapping[str, float | int | str]) -> dict[str, float | int]:
    return {key: value for key, value in parameters.items() if not isinstance(value, str)}
