"""Pauses inside a sentence: how many sentences the ears take apart, and how many of those they join again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from game.cli.command_trials import blocks_of
from game.cli.spoken import SPEAKERS, Speech
from game.cli.voice import MeasuredJobs
from game.clock import EAR_RATE, ClockKind
from game.sense.audio_source import Samples
from game.sense.ears import Ears
from game.sense.observations import Heard
from game.sense.transcriber import Transcriber
from game.sense.voice_activity import SileroModel, VoiceActivity

FEWEST_WORDS: Final = 6
_LEAD_S: Final = 0.5
_QUIET_DBFS: Final = -75.0
"""Of the pause: a room is never quite silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Halves:
    """A sentence that can be said with a pause in it."""

    text: str
    first: Samples
    second: Samples
    before: str
    """The words before the pause."""


@dataclass(slots=True)
class Pauses:
    """Sentences said with a pause of one length."""

    said: int = 0
    split: int = 0
    """The turn was over, and its words told, before the sentence was."""
    rejoined: int = 0
    """Of them, those that were one turn in the end."""

    def document(self) -> dict[str, Any]:
        share = self.split / self.said if self.said else None
        return {"said": self.said, "split": self.split, "rejoined": self.rejoined,
                "share": None if share is None else round(share, 4)}  # fmt: skip


def halves(speech: Speech, texts: Sequence[str], count: int) -> list[Halves]:
    """Sentences of six words and more, each with a place for a pause: anywhere between two of its words, by
    chance."""
    rng = np.random.default_rng(9)
    long = [text for text in texts if len(text.split()) >= FEWEST_WORDS]
    found = []
    for number, k in enumerate(rng.permutation(len(long))[:count]):
        text = long[int(k)]
        spoken = text[:1].upper() + text[1:] + ("" if text[-1] in ".?!" else ".")
        sound, ends_s = speech.say_timed(SPEAKERS[number % len(SPEAKERS)], spoken)
        words = text.split()
        most = min(len(words), len(ends_s)) - 1
        word = int(rng.integers(1, most)) if most > 1 else 1
        cut = round(ends_s[word - 1] * EAR_RATE)
        found.append(Halves(text=text, first=sound[:cut], second=sound[cut:], before=" ".join(words[:word])))
    return found


def with_pause(sentence: Halves, pause_s: float) -> Samples:
    """The sentence with ``pause_s`` of silence between its halves."""
    rng = np.random.default_rng(3)
    edge = EAR_RATE // 200
    first, second = sentence.first.copy(), sentence.second.copy()
    first[-edge:] *= np.linspace(1.0, 0.0, len(first[-edge:]), dtype=np.float32)
    second[:edge] *= np.linspace(0.0, 1.0, len(second[:edge]), dtype=np.float32)
    lead, pause = (np.zeros(int(seconds * EAR_RATE), np.float32) for seconds in (_LEAD_S, pause_s))
    sound = np.concatenate((lead, first, pause, second))
    quiet = rng.normal(size=len(sound)) * 10 ** (_QUIET_DBFS / 20)
    return np.asarray(sound + quiet, np.float32)


def pauses(
    transcriber: Transcriber, sentences: Sequence[Halves], lengths_s: Sequence[float],
    told: Callable[[str], None],
) -> dict[str, Pauses]:  # fmt: skip
    """Every sentence with a pause of every length, to fresh ears each."""
    found: dict[str, Pauses] = {}
    for length_s in lengths_s:
        score = found[f"s{length_s:g}"] = Pauses()
        for sentence in sentences:
            heards = _heard(transcriber, with_pause(sentence, length_s))
            score.said += 1
            if len(heards) < 2:
                continue
            score.split += 1
            extended = {one.extends for one in heards}
            left = [one for one in heards if one.utterance not in extended]
            score.rejoined += len(left) == 1
            told(f"{length_s:g} s after '{sentence.before}': {[one.text for one in heards]}")
    return found


def _heard(transcriber: Transcriber, sound: Samples) -> list[Heard]:
    jobs = MeasuredJobs()
    ears = Ears(voice=VoiceActivity(SileroModel()), transcriber=transcriber, jobs=jobs, clock=ClockKind.REAL)
    news: list[Heard] = []
    now_s = 0.0
    for block in blocks_of(sound):
        now_s += len(block) / EAR_RATE
        news += [one for one in ears.feed(block, None, now_s) + ears.poll(now_s) if isinstance(one, Heard)]
    return news
