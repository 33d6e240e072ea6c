"""Where does a point of an SVG group come to lie? The transforms of groups, as far as plans of halls need them."""

import math
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from booking.halls.errors import HallPlanError

_STEP = re.compile(r"\s*(\w+)\s*\(([^()]*)\)\s*,?")
_SEPARATOR = re.compile(r"[\s,]+")


@dataclass(frozen=True, slots=True)
class Affine:
    """x' = a x + c y + e, y' = b x + d y + f, as SVG names them."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def applied(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def then(self, inner: "Affine") -> "Affine":
        """What moves a point as `inner` does and then as this one does: inner is the group further inside."""
        e, f = self.applied(inner.e, inner.f)
        return Affine(
            self.a * inner.a + self.c * inner.b,
            self.b * inner.a + self.d * inner.b,
            self.a * inner.c + self.c * inner.d,
            self.b * inner.c + self.d * inner.d,
            e,
            f,
        )


def read_transform(text: str) -> Affine:
    """The transform attribute of an element.

    Raises:
        HallPlanError: it is none of translate, scale, rotate and matrix; its line is 0.
    """
    result, at = Affine(), 0
    while text[at:].strip():
        found = _STEP.match(text, at)
        if not found:
            raise HallPlanError(0, _("The transform %(text)s cannot be read.") % {"text": repr(text)})
        result = result.then(_step(found[1], found[2]))
        at = found.end()
    return result


def _step(name: str, text: str) -> Affine:
    try:
        numbers = [float(number) for number in _SEPARATOR.split(text.strip())]
    except ValueError:
        numbers = []
    match name, numbers:
        case "translate", [x, *rest] if len(rest) < 2:
            return Affine(e=x, f=rest[0] if rest else 0.0)
        case "scale", [x, *rest] if len(rest) < 2:
            return Affine(a=x, d=rest[0] if rest else x)
        case "rotate", [degrees]:
            return _rotation(degrees)
        case "rotate", [degrees, x, y]:
            return Affine(e=x, f=y).then(_rotation(degrees)).then(Affine(e=-x, f=-y))
        case "matrix", [a, b, c, d, e, f]:
            return Affine(a, b, c, d, e, f)
    raise HallPlanError(
        0,
        _("The transform %(name)s(%(text)s) is none of translate, scale, rotate and matrix.")
        % {"name": name, "text": text},
    )


def _rotation(degrees: float) -> Affine:
    turn = math.radians(degrees)
    return Affine(math.cos(turn), math.sin(turn), -math.sin(turn), math.cos(turn))
