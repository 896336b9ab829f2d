"""The picture of a decision path: lanes, boxes and arrows as shapes with places (ux.md 5.4).

Units are those of the drawing. What draws it, a template or the painter of PNG files, adds nothing
but colours.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from intake.models import PathStep
from intake.services.path_words import actors, lane_of

LABEL, BOX, GAP = 120, 150, 54
BOX_HEIGHT, LANE, TOP, BOTTOM = 76, 108, 16, 8
INSET = (LANE - BOX_HEIGHT) // 2
PITCH = BOX + GAP
IN_A_ROW = 6
TITLE, LINE, NAME = 20, 20, 12
STUB, TIP, CORNER = 26, 9, 6


@dataclass(frozen=True)
class Band:
    """One lane of one block, with the name of who is in it on one or two lines."""

    y: int
    name: str
    lines: tuple[str, ...]
    is_even: bool

    @property
    def line_places(self) -> list[tuple[int, str]]:
        first = self.y + LANE // 2 + 5 - 9 * (len(self.lines) - 1)
        return [(first + 18 * place, line) for place, line in enumerate(self.lines)]


@dataclass(frozen=True)
class Box:
    """One step. `squeeze` keeps a long first line inside the box in any typeface."""

    x: int
    y: int
    step: PathStep
    title: str
    about: str
    pain: str

    @property
    def squeeze(self) -> bool:
        return len(self.title) >= TITLE - 1

    @property
    def mid(self) -> int:
        return self.y + BOX_HEIGHT // 2


@dataclass(frozen=True)
class Arrow:
    """A right-angled line with a tip at its end, and the wait above it."""

    points: tuple[tuple[int, int], ...]
    is_broken: bool
    wait: str = ""
    has_tip: bool = True

    @property
    def end(self) -> tuple[int, int]:
        return self.points[-1]

    @property
    def d(self) -> str:
        """The line as SVG writes it, with rounded corners; it ends where the tip begins."""
        return " ".join(_pieces(self._line()))

    def _line(self) -> list[tuple[int, int]]:
        x, y = self.end
        return [*self.points[:-1], (x - TIP + 1 if self.has_tip else x, y)]

    @property
    def tip(self) -> str:
        x, y = self.end
        return f"{x},{y} {x - TIP},{y - 5} {x - TIP},{y + 5}"

    @property
    def wait_place(self) -> tuple[int, int]:
        return self.end[0] - 5, self.end[1] - 9


@dataclass(frozen=True)
class Mark:
    """Words where the path goes on in the next block."""

    x: int
    y: int
    words: str
    is_end: bool


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    bands: tuple[Band, ...]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    marks: tuple[Mark, ...]

    label_width = LABEL
    box_width, box_height = BOX, BOX_HEIGHT
    lane_height = LANE


def picture_of(steps: Sequence[PathStep]) -> Picture | None:
    """Place everything; after six steps it goes on in a second block below. None without steps."""
    if not steps:
        return None
    blocks = [steps[at : at + IN_A_ROW] for at in range(0, len(steps), IN_A_ROW)]
    bands: list[Band] = []
    boxes: list[Box] = []
    y = 0
    for block in blocks:
        lanes = actors(block)
        bands += [_band(lane, y, place) for place, lane in enumerate(lanes)]
        boxes += [
            _box(step, y + _lane_top(lane_of(step, lanes)), n) for n, step in enumerate(block)
        ]
        y += TOP + BOTTOM + LANE * len(lanes)
    return Picture(
        width=LABEL + min(len(steps), IN_A_ROW) * PITCH,
        height=y,
        bands=tuple(bands),
        boxes=tuple(boxes),
        arrows=tuple(_arrows(boxes)),
        marks=tuple(_marks(boxes)),
    )


def _lane_top(place: int) -> int:
    return TOP + LANE * place


def _band(name: str, y: int, place: int) -> Band:
    return Band(y + _lane_top(place), name, _two_lines(name), is_even=place % 2 == 0)


def _two_lines(name: str) -> tuple[str, ...]:
    """A name on at most two lines, broken between words where that is possible."""
    if len(name) <= NAME:
        return (name,)
    head, _, tail = name[: NAME + 1].rpartition(" ")
    first = head or name[:NAME]
    rest = name[len(first) :].strip()
    return (first, cut(rest or tail, NAME))


def _box(step: PathStep, top: int, place: int) -> Box:
    about = " · ".join(part for part in (step.moment, step.data) if part)
    pain = f"pain {step.pain} of 5{' · breaks' if step.is_broken else ''}"
    return Box(
        x=LABEL + place * PITCH,
        y=top + INSET,
        step=step,
        title=cut(f"{step.position}. {step.what}", TITLE),
        about=cut(about, LINE),
        pain=pain,
    )


def cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _arrows(boxes: Sequence[Box]) -> Iterator[Arrow]:
    if boxes[0].step.wait_hours != 0:
        yield _stub_in(boxes[0])
    for here, there in pairwise(boxes):
        if there.x > here.x:
            yield _between(here, there)
        else:
            x, y = here.x + BOX, here.mid
            yield Arrow(((x, y), (x + STUB, y)), there.step.is_broken)
            yield _stub_in(there)


def _between(here: Box, there: Box) -> Arrow:
    """Out of the right side, into the left side."""
    x, middle = here.x + BOX, here.x + BOX + GAP // 2
    straight = here.mid == there.mid
    bends = () if straight else ((middle, here.mid), (middle, there.mid))
    points = ((x, here.mid), *bends, (there.x, there.mid))
    return Arrow(points, there.step.is_broken, _wait(there.step))


def _stub_in(box: Box) -> Arrow:
    points = ((box.x - STUB, box.mid), (box.x, box.mid))
    return Arrow(points, box.step.is_broken, _wait(box.step))


def _wait(step: PathStep) -> str:
    return "" if step.wait_hours == 0 else ("?" if step.wait_hours is None else step.wait_words)


def _marks(boxes: Sequence[Box]) -> Iterator[Mark]:
    for here, there in pairwise(boxes):
        if there.x < here.x:
            x = here.x + BOX + STUB // 2
            yield Mark(x, here.mid + 18, f"to {there.step.position}", is_end=False)


def _pieces(points: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Lines with their corners rounded, as far as the legs are long enough."""
    yield f"M{points[0][0]} {points[0][1]}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        into, out = _towards(corner, before), _towards(corner, after)
        yield f"L{into[0]} {into[1]} Q{corner[0]} {corner[1]} {out[0]} {out[1]}"
    yield f"L{points[-1][0]} {points[-1][1]}"


def _towards(corner: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """The point a little way from the corner to the other one; both share a coordinate."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = min(CORNER, max(abs(dx), abs(dy)) // 2)
    return (
        corner[0] + (length if dx > 0 else -length if dx < 0 else 0),
        corner[1] + (length if dy > 0 else -length if dy < 0 else 0),
    )
