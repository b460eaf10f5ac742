"""Two runs side by side: what was set differently, and which points differ beyond read noise."""

from ...errors import DwmtjError
from ...storage import RunRecord, Store
from ..look import html
from ..look.theme import Theme
from ..parameters import declared, protocol_names


def comparison_html(store: Store, first: int, second: int, theme: Theme) -> str:
    """Return the comparison of two runs as a page."""
    one, other = store.run(first), store.run(second)
    title = f"Run {first} and run {second}"
    rows = _differences(one, other)
    parts = [html.heading(theme, "Set differently")]
    parts.append(
        html.table(theme, ("", f"run {first}", f"run {second}"), rows)
        if rows
        else html.paragraph("Nothing: protocol, device and parameters are the same.")
    )
    parts.append(html.heading(theme, "Points"))
    parts += _points(store, first, second, theme)
    return html.page(theme, f'<p style="font-size:17px; font-weight:600;">{title}</p>', *parts)


def _differences(one: RunRecord, other: RunRecord) -> list[tuple[str, str, str]]:
    rows = [
        (what, *pair)
        for what, pair in {
            "protocol": (one.summary.protocol, other.summary.protocol),
            "device": (one.summary.device, other.summary.device),
        }.items()
    ]
    for key in dict.fromkeys([*one.parameters, *other.parameters]):
        label = {**_labels(other), **_labels(one)}.get(key, key)
        rows.append((label, _shown(one, key), _shown(other, key)))
    return [row for row in rows if row[1] != row[2]]


def _labels(record: RunRecord) -> dict[str, str]:
    name = record.summary.protocol
    if name not in protocol_names():
        return {}
    return {each.name: each.label for each in declared(name)}


def _shown(record: RunRecord, key: str) -> str:
    value, name = record.parameters.get(key), record.summary.protocol
    known = {each.name: each for each in declared(name)} if name in protocol_names() else {}
    if value is None:
        return "—"
    if key in known and isinstance(value, int | float):
        return known[key].show(value).replace("-", "−")
    return str(value)


def _points(store: Store, first: int, second: int, theme: Theme) -> list[str]:
    from ...analysis.run_comparison import compare_runs

    try:
        found = compare_runs(store.points(first), store.points(second))
    except DwmtjError as error:
        return [html.paragraph(str(error))]
    rows = [
        (
            each.phase,
            f"{each.points:,}",
            f"{each.differing:,}",
            f"{each.beyond_noise:,}",
            f"{100 * each.median:.2g} %",
            f"{100 * each.largest:.2g} %",
        )
        for each in found.phases
    ]
    columns = ("phase", "points", "differ", "beyond noise", "median", "largest")
    noise = found.relative_noise
    sentence = "" if noise is None else f"Read noise: {100 * noise:.2g} % of a reading."
    return [html.table(theme, columns, rows), html.paragraph(sentence)]
