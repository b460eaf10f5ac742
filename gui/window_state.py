"""What the window remembers of a user: written atomically, and set aside where it is unreadable."""

import base64
import contextlib
import time
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    ValidationError,
)
from PySide6.QtCore import QStandardPaths

from ..storage import OutputFileError, atomic_write
from .look.theme import ThemeChoice

FILE = "window.json"


def _base64(text: str) -> str:
    base64.b64decode(text, validate=True)  # raises ValueError
    return text


Small = Annotated[int, Field(ge=0, le=100_000)]
"""A size in pixels, or a place in a row: what Qt takes."""


class RunTemplate(BaseModel):
    """A set of values under a name, in SI units."""

    model_config = ConfigDict(extra="ignore")

    name: str
    protocol: str
    values: dict[str, int | FiniteFloat] = Field(default_factory=dict)


class WindowState(BaseModel):
    """Geometry, theme, columns, the form as it was left, and templates."""

    model_config = ConfigDict(extra="ignore")

    theme: ThemeChoice = ThemeChoice.SYSTEM
    geometry: Annotated[str, AfterValidator(_base64)] = ""
    splitters: dict[str, list[Small]] = Field(default_factory=dict)
    columns: dict[str, list[Small]] = Field(default_factory=dict)
    tab: Small = 0
    operator: str = ""
    protocol: str = ""
    texts: dict[str, dict[str, str]] = Field(default_factory=dict)
    """The fields as they stood, by protocol."""
    templates: list[RunTemplate] = Field(default_factory=list)

    def template(self, name: str) -> RunTemplate | None:
        """Return a template by its name."""
        return next((each for each in self.templates if each.name == name), None)

    def keep_template(self, template: RunTemplate) -> None:
        """Add a template; one of the same name is replaced."""
        self.drop_template(template.name)
        self.templates.append(template)
        self.templates.sort(key=lambda each: each.name.casefold())

    def drop_template(self, name: str) -> None:
        """Delete a template."""
        self.templates[:] = [each for each in self.templates if each.name != name]


def state_folder() -> Path:
    """Return the folder of this user in which the state is kept."""
    place = QStandardPaths.StandardLocation.GenericStateLocation
    return Path(QStandardPaths.writableLocation(place)) / "dwmtj"


def load_state(folder: Path) -> tuple[WindowState, str]:
    """Return the state, and a sentence if the file was unreadable and has been set aside."""
    path = folder / FILE
    try:
        return WindowState.model_validate_json(path.read_text(encoding="utf-8")), ""
    except FileNotFoundError:
        return WindowState(), ""
    except OSError as error:
        return WindowState(), f"The state of the window cannot be read ({error}); it starts anew."
    except (ValidationError, UnicodeDecodeError):
        aside = path.with_name(f"{path.stem}-unreadable-{time.strftime('%Y%m%d-%H%M%S')}.json")
        with contextlib.suppress(OSError):
            path.replace(aside)
        return WindowState(), (
            f"The state of the window was unreadable: it is kept as {aside}, and the window starts "
            "with its defaults."
        )


def save_state(state: WindowState, folder: Path) -> None:
    """Write the state so that a crash leaves the earlier one; raises OutputFileError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputFileError(f"{folder} cannot be created ({error}).") from None
    with atomic_write(folder / FILE) as draft:
        draft.write_text(state.model_dump_json(indent=1), encoding="utf-8")
