r"""A paper in GIFT, which carries the key: HTML is escaped as HTML, and then the signs of GIFT ``~ = # { } : \``.

Source: Moodle docs, GIFT format; question/format/gift/format.php of Moodle 4; the grammar of gift-pegjs.
"""

from __future__ import annotations

import re
from html import escape as html
from typing import TYPE_CHECKING

from cnncalc.render.options import decimal, kind_of, needs, options
from cnncalc.render.papers import ask, one_line

if TYPE_CHECKING:
    from cnncalc.grading.paper import Asked, Paper

_SIGNS = re.compile(r"([~=#{}:\\])")


def as_gift(paper: Paper, *, key: bool = True) -> str:  # noqa: ARG001 - every format takes it; GIFT is with its key
    """Return the questions in GIFT, an empty line between; a design is an essay."""
    name = html(one_line(paper.assignment.name).replace("/", "//"), quote=False)
    parts = [f"$CATEGORY: $course$/top/{name}"]
    for number, asked in enumerate(paper.asked, start=1):
        question = asked.right.question
        parts.append(f"{_gift_head(number, question.name, ask(question))} {_gift_answers(asked)}")
    for number, design in enumerate(paper.assignment.designs, start=len(paper.asked) + 1):
        parts.append(f"{_gift_head(number, design.name, needs(design))} {{}}")
    return "\n\n".join(parts)


def gift(text: str) -> str:
    r"""Return text that GIFT shows as it is: HTML first, then GIFT's own signs.

    >>> print(gift("a=b & 5 < {7}"))
    a\=b &amp; 5 &lt; \{7\}
    """
    return _SIGNS.sub(r"\\\1", html(one_line(text), quote=False))


def _gift_head(number: int, name: str, said: str) -> str:
    return f"::{number:02} {gift(name)}:: [html]{gift(said)}"


def _gift_answers(asked: Asked) -> str:
    numerical = kind_of(asked) == "numerical"
    lines = []
    for option in options(asked):
        star = option.text if asked.choices else option.text.replace("*", r"\*")  # alone it would stand for anything
        text = f"{option.text}:{decimal(option.tolerance, places=12)}" if numerical else gift(star)
        sign = "=" if option.percent == 100 else f"~%{option.percent}%" if option.percent else "~"  # noqa: PLR2004 - all
        if not asked.choices and sign != "=":
            sign = f"=%{option.percent}%"
        says = f"#{gift(option.says)}" if option.says else ""
        lines.append(f"\t{sign}{text}{says}")
    return "{" + ("#" if numerical else "") + "\n" + "\n".join(lines) + "\n}"
