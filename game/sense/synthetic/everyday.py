"""Everyday motion that is no gesture: resting, talking with the hands, drinking, typing, without end.

By construction nothing in here is meant: no flat open hand holds still towards the camera, up or down, no
fist is held out, nothing thin is held between thumb and fingertip, no finger is alone in being stretched.
"""

from bisect import bisect_right

import numpy as np

from game.sense.synthetic.activities import ACTIVITIES
from game.sense.synthetic.at_ease import AtEase
from game.sense.synthetic.player import Player


class Everyday(AtEase):
    """Moves a player's hands through activities; ask `doing` what went on when."""

    def __init__(self, player: Player) -> None:
        super().__init__(player)
        self._starts: list[float] = []
        self._names: list[str] = []

    def doing(self, t_s: float) -> str:
        """The activity at a moment."""
        at = bisect_right(self._starts, t_s) - 1
        return self._names[at] if at >= 0 else "nothing yet"

    def go_on(self, seconds: float) -> None:
        """Go on for at least so long; the last activity may last longer."""
        names, until_s = list(ACTIVITIES), self.player.now_s + seconds
        weights = np.array([ACTIVITIES[name][1] for name in names])
        self.player.now_s += 0.5
        while self.player.now_s < until_s:
            name = names[int(self.player.rng.choice(len(names), p=weights / weights.sum()))]
            self.do(name)

    def do(self, name: str) -> None:
        """One activity of `ACTIVITIES`."""
        self._starts.append(self.player.now_s)
        self._names.append(name)
        ACTIVITIES[name][0](self)
