"""Commands that are imported when one is called: `dwmtj --help` waits for none of them."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group


class LazyGroup(TyperGroup):
    """Group of placeholders, each replaced by the command it stands for when it is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, placeholder, rest = super().resolve_command(ctx, args)
        return name, placeholder and placeholder.callback and placeholder.callback(), rest

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:  # of a choice, as pydantic words it
            error.message = error.message.removeprefix("Value error, ")
            raise


def add_lazily(app: typer.Typer, name: str, target: str, summary: str) -> None:
    """Add a command to an app of the class LazyGroup.

    `target` is MODULE:ATTRIBUTE in this package, a function or a Typer app; `summary` is its help
    in the list of commands, the first line of its own.
    """

    @app.command(name, help=summary)
    def placeholder() -> Any:
        return _import_command(name, target)


def _import_command(name: str, target: str) -> Any:
    module, _, attribute = target.partition(":")
    member = getattr(import_module(f".{module}", __package__), attribute)
    parent = typer.Typer(rich_markup_mode=None)
    if isinstance(member, typer.Typer):
        parent.add_typer(member, name=name)
    else:
        parent.command(name)(member)
    return get_group(parent).commands[name]
