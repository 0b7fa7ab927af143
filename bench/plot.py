"""A curve of measurements as an SVG, on logarithmic axes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import floor, log10
from pathlib import Path
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT, _MARGIN = 640, 400, 64
_STEPS = 60


def draw(
    path: Path, title: str, x_title: str, y_title: str, points: Mapping[int, float], fit: Callable[[float], float]
) -> None:
    """Write the points, and the line that was fitted to them. All numbers are above zero."""
    x_axis, y_axis = (
        _Axis(list(points), _MARGIN, _WIDTH - _MARGIN),
        _Axis([*points.values(), *map(fit, points)], _HEIGHT - _MARGIN, _MARGIN),
    )
    path.write_text("\n".join(_elements(title, x_title, y_title, points, fit, x_axis, y_axis)) + "\n")


class _Axis:
    """From the power of ten below all values to the one above them."""

    def __init__(self, values: list[float], start: int, end: int) -> None:
        self.first = floor(log10(min(values)))
        self.last = max(floor(log10(max(values) * 0.999)) + 1, self.first + 1)
        self._start = start
        self._end = end

    def at(self, value: float) -> float:
        """Where a value is, in pixels."""
        part = (log10(value) - self.first) / (self.last - self.first)
        return round(self._start + part * (self._end - self._start), 1)

    def ticks(self) -> list[int | float]:
        return [10**power for power in range(self.first, self.last + 1)]


def _elements(
    title: str,
    x_title: str,
    y_title: str,
    points: Mapping[int, float],
    fit: Callable[[float], float],
    x_axis: _Axis,
    y_axis: _Axis,
) -> Iterator[str]:
    bottom, right = _HEIGHT - _MARGIN, _WIDTH - _MARGIN
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif"'
        ' font-size="12" text-anchor="middle">'
    )
    yield f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>'
    yield f'<text x="{_WIDTH / 2}" y="28" font-size="15">{escape(title)}</text>'
    yield f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 16}">{escape(x_title)}</text>'
    yield f'<text transform="translate(18 {_HEIGHT / 2}) rotate(-90)">{escape(y_title)}</text>'
    for tick in x_axis.ticks():
        x = x_axis.at(tick)
        yield f'<path d="M{x} {_MARGIN}V{bottom}" stroke="#ddd"/><text x="{x}" y="{bottom + 18}">{tick:,}</text>'
    for tick in y_axis.ticks():
        y = y_axis.at(tick)
        yield f'<path d="M{_MARGIN} {y}H{right}" stroke="#ddd"/>'
        yield f'<text x="{_MARGIN - 6}" y="{y + 4}" text-anchor="end">{tick:,}</text>'
    low, high = min(points), max(points)
    line = [low * (high / low) ** (step / _STEPS) for step in range(_STEPS + 1)]
    path = "L".join(f"{x_axis.at(x)} {y_axis.at(fit(x))}" for x in line)
    yield f'<path d="M{path}" fill="none" stroke="#888" stroke-dasharray="6 4"/>'
    for x_value, y_value in points.items():
        x, y = x_axis.at(x_value), y_axis.at(y_value)
        yield f'<circle cx="{x}" cy="{y}" r="4" fill="#1f6feb"/><text x="{x}" y="{y - 10}">{round(y_value):,}</text>'
    yield "</svg>"
