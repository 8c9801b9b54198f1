"""How unlike two texts sound: what a recogniser writes down of a word in noise is seldom the word, and often
something that sounds like it ("Luke" for "look", "center of the picture" for "center the picture")."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from game.sense.commands_file import plain_words
from game.sense.pronounce import ways_to_say

_KIN: Final = (
    ("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW", 0.5),
    ("P B", 0.3), ("T D", 0.3), ("K G", 0.3), ("F V", 0.3), ("S Z", 0.3), ("TH DH", 0.3), ("SH ZH", 0.3),
    ("CH JH", 0.3), ("M N NG", 0.4), ("L R W Y", 0.6), ("P T K", 0.6), ("B D G", 0.6), ("F TH S SH", 0.6),
    ("V DH Z ZH", 0.6),
)  # fmt: skip
"""Phones that are easily taken for each other, and how much worse than the same one that is."""
_SLIGHT: Final = {"HH": 0.5, "AH": 0.6, "T": 0.7, "D": 0.7}
"""Phones that are easily lost or made up; any other costs 1."""
_WAYS: Final = 4


def unlike(text: str, phrase: str, told: Mapping[str, str]) -> float:
    """How much of the longer of two texts would have to be said otherwise to make the other: 0 is the same
    sound, 1 nothing alike or a word that nobody can pronounce. ``told`` gives pronunciations of words."""
    one = ways_to_say(" ".join(plain_words(text)), told, most=_WAYS)
    other = ways_to_say(phrase, told, most=_WAYS)
    return min((_apart(a, b) / max(len(a), len(b)) for a in one for b in other if a and b), default=1.0)


def _apart(one: Sequence[str], other: Sequence[str]) -> float:
    row = [0.0]
    for phone in other:
        row.append(row[-1] + _SLIGHT.get(phone, 1.0))
    for phone in one:
        lost = _SLIGHT.get(phone, 1.0)
        new = [row[0] + lost]
        for at, target in enumerate(other, 1):
            new.append(
                min(row[at] + lost, new[-1] + _SLIGHT.get(target, 1.0), row[at - 1] + _for(phone, target))
            )
        row = new
    return row[-1]


@cache
def _for(one: str, other: str) -> float:
    """What it costs to hear one phone for the other."""
    if one == other:
        return 0.0
    return min((cost for kin, cost in _KIN if one in kin.split() and other in kin.split()), default=1.0)
