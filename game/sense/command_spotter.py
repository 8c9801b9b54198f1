"""Words of command, found by their sound: which phrase is said in a stretch of speech, and nothing else.

The phone model tells what was heard every 24 ms. Each phrase is aligned with the whole stretch, the silence
around it included; how much worse it fits than whatever would fit best, a phone, is the measure. So a phrase
that is only a part of what was said fits badly, and so does a similar word. Where the phones alone do not
tell, the decoder of the speech model is asked how probable the likeliest phrases are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_RATE
from game.sense.commands_file import LONGEST_S, CommandSet, GrammarError, Match
from game.sense.phone_match import PhraseNet, free_score, phones_heard
from game.sense.phone_model import BLANK, Features, LogProbabilities, levelled
from game.sense.pronounce import ways_to_say

Samples = NDArray[np.float32]

_SCORE_MIN: Final = -5.0
"""What a command must reach, natural logarithm a phone, to be told where the transcript sounds like it."""
_SURE_DB: Final = (16.0, 26.0)
_SURE: Final = (-3.3, -1.6)
_SURE_SHORT: Final = (-2.6, -1.6)
"""What it must reach to be acted upon at once, by how far the voice is above the noise, dB (between them in
proportion), and what a phrase of at most `_SHORT` phones must. In quiet what fits badly is something else, in
noise it may be the noise. Found on made voices and noises (docs/commands.md)."""
_SHORT: Final = 4
_QUIET: Final = round(0.3 * EAR_RATE)
_FADE: Final = round(0.03 * EAR_RATE)
"""Samples of silence that are put before and after a sound with noise in it, and by how many it is faded: the
model was made on whole recordings, and hears what stands at the edges of a cut one less well."""
_BLANK_LESS: Final = 1.5
"""Natural logarithm by which no new phone is less probable than the model says: in noise it misses phones
that were said more often than it invents some, as models of this kind do (docs/commands.md)."""
_ASK_MIN: Final = -6.5
"""Score below which nothing that the judge may say makes a command of it."""
_ASKED: Final = 5
"""The judge is asked about so many of the phrases that fit best."""
_KNOWN: Final = -8.0
_BACKING: Final = 0.65
"""What the judge adds to the fit of a phrase for each 1 by which the phrase's probability, natural logarithm,
is above `_KNOWN`; what is below says nothing, for it does not know all words..."""
_UNBACKED: Final = (1.0, 0.0)
"""... but in noise a phrase which it does not back must fit better by this (for the same `_SURE_DB`)."""
_LEAD_WEIGHT: Final = 0.1
_LEAD_MOST: Final = 4.0
_HEARD_SHARE: Final = 0.7
_UNHEARD_WEIGHT: Final = 2.0
_SETTLED_FIT: Final = -1.0
_SETTLED_LEAD: Final = 4.0
_FRAME: Final = EAR_RATE // 100
_FRAMES_MIN: Final = 20
_LOUD: Final = 0.01
"""Share of the loudest moment's power above which a moment is loud."""
_TINY: Final = 1e-10
_TALK_PHONES: Final = 4
"""A stretch in which fewer phones are heard is a noise, or a word too short to be called talk."""


class Hears(Protocol):
    """Names the phones of sound, as `PhoneModel` does."""

    @property
    def symbols(self) -> tuple[str, ...]: ...
    def __call__(self, sound: Samples) -> LogProbabilities: ...


class HearsInSteps(Hears, Protocol):
    """The same in two steps, for the judge goes by what is between them."""

    def features(self, sound: Samples) -> Features: ...
    def phones(self, features: Features) -> LogProbabilities: ...


class Judges(Protocol):
    """Tells how probable texts are, as `PhraseJudge` does."""

    def __call__(self, features: Features, texts: Sequence[str]) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneFit:
    """The phrase of a command that fits a stretch of sound best, be it said or not."""

    phrase: str
    fit: float
    """For each phone, against whatever fits best; 0 is perfect, lower is worse."""
    lead: float
    """Over the best phrase that means something else, or nothing; below 0 when that fits better."""
    phones: int
    """Heard in all, whatever they say."""
    wanted: int
    """Phones of the phrase."""
    clear_db: float
    """How far the loud moments are above the soft ones."""
    backing: float | None = None
    """What the judge has added to the fit; None when it was not asked."""

    @property
    def score(self) -> float:
        """The fit, less where other words fit better or where most of the phones were not heard for sure."""
        unheard = max(0.0, _HEARD_SHARE - self.phones / self.wanted)
        return self.fit + _LEAD_WEIGHT * min(self.lead, _LEAD_MOST) - _UNHEARD_WEIGHT * unheard


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What the phones tell of a stretch of sound."""

    features: Features
    scores: NDArray[np.float32]
    """Of each way to say each phrase."""
    free: float
    """Of whatever fits best."""
    fit: PhoneFit


def clear(fit: PhoneFit) -> bool:
    """Whether the phones need no judge."""
    return settled(fit) and fit.lead >= _SETTLED_LEAD


def settled(fit: PhoneFit) -> bool:
    """Whether a little more silence would change nothing."""
    return sure(fit) and (fit.fit >= _SETTLED_FIT or fit.lead >= _SETTLED_LEAD)


def accepted(fit: PhoneFit) -> bool:
    """Whether the phrase fits well enough to be told, where the recogniser of free speech agrees."""
    return fit.score >= _SCORE_MIN


def sure(fit: PhoneFit) -> bool:
    """Whether the phrase fits well enough to act upon. Most noises fit some phrase of few phones."""
    bars = _SURE_SHORT if fit.wanted <= _SHORT else _SURE
    bar = float(np.interp(fit.clear_db, _SURE_DB, bars))
    if fit.backing == 0.0:
        bar += float(np.interp(fit.clear_db, _SURE_DB, _UNBACKED))
    return fit.score >= bar


class CommandSpotter:
    """``begin``, then ``feed`` as the sound comes, ``hush`` when the voice falls silent, ``finish`` when it
    has been silent for long enough.

    What takes the model 70 ms is done at ``hush``, when it is not known yet whether the voice stays silent.
    """

    name: Final = "moonshine"

    def __init__(self, commands: CommandSet, model: HearsInSteps, judge: Judges | None = None) -> None:
        """Without ``judge`` the phones alone decide. Raises GrammarError for a word that nobody can
        pronounce."""
        self.commands = commands
        self._model = model
        self._judge = judge
        number = {symbol: at for at, symbol in enumerate(model.symbols)}
        self._texts: list[str] = []
        meanings: list[str] = []
        rows: list[list[int]] = []
        means = {phrase: c.name for c in commands.commands for phrase in c.phrases}
        means |= dict.fromkeys(commands.others, "")
        for text, meaning in means.items():
            ways = ways_to_say(text, commands.pronunciations)
            unknown = sorted({phone for way in ways for phone in way if phone not in number})
            if not ways or unknown:
                raise GrammarError(_unsayable(commands, text, meaning, unknown))
            for way in ways:
                rows.append([number[phone] for phone in way])
                self._texts.append(text)
                meanings.append(meaning)
        self._meanings = np.array(meanings)
        self._phones = np.array([len(row) for row in rows])
        self._net = PhraseNet(rows)
        self._parts: list[Samples] | None = None
        self._held = 0
        self._known: _Look | None = None
        """What was found at the last moment of silence."""
        self.talked = False
        """Whether speech was heard in the last stretch, command or not."""

    @property
    def model(self) -> Hears:
        """What hears the phones, for others who want to know them."""
        return self._model

    def begin(self) -> None:
        """Forgets the stretch before and listens to a new one."""
        self._parts, self._held, self._known = [], 0, None

    def feed(self, samples: Samples) -> None:
        """Goes on listening; a stretch too long for a command costs nothing further."""
        if self._parts is None:
            return
        self._parts.append(samples)
        self._held += len(samples)
        if self._held > LONGEST_S * EAR_RATE:
            self.abandon()

    def hush(self) -> None:
        """The voice is silent, perhaps only for a moment: looks at what has been said so far."""
        if self._parts:
            self._known = self._look(np.concatenate(self._parts))

    def finish(self, *, speech_s: float) -> Match | None:
        """The command in what was fed since ``begin``; None for anything else."""
        parts, known = self._parts, self._known
        self.abandon()
        self.talked = True
        if not parts:
            return None
        look = known
        if look is None or not settled(look.fit):
            # The last sound may have come after the first moment of silence: the t of "light".
            later = self._look(np.concatenate(parts))
            look = later if look is None or later.fit.score >= look.fit.score else look
        fit = self._judged(look)
        self.talked = fit.phones >= _TALK_PHONES
        command = self.commands.by_phrase(fit.phrase)
        if command is None or not accepted(fit):
            return None
        confidence = round(math.exp(min(0.0, fit.score)), 3)
        return Match(command=command, phrase=fit.phrase, confidence=confidence, sure=sure(fit))

    def fit(self, sound: Samples) -> PhoneFit:
        """The command that fits the whole sound best."""
        return self._judged(self._look(sound))

    def _look(self, sound: Samples) -> _Look:
        clear_by = clear_db(sound)
        loud = levelled(sound)
        features = self._model.features(set_apart(loud) if clear_by < _SURE_DB[1] else loud)
        plain = self._model.phones(features)
        heard = _readier(plain)
        scores, free = self._net.scores(heard), free_score(heard)
        best = int(np.where(self._meanings != "", scores, -np.inf).argmax())
        fit = PhoneFit(
            phrase=self._texts[best],
            fit=float(scores[best] - free) / int(self._phones[best]),
            lead=self._lead(scores, best),
            phones=phones_heard(plain),
            wanted=int(self._phones[best]),
            clear_db=clear_by,
        )
        return _Look(features=features, scores=scores, free=free, fit=fit)

    def _judged(self, look: _Look) -> PhoneFit:
        """The same after the judge has been asked, where there is one and the phones do not tell."""
        if self._judge is None or look.fit.score < _ASK_MIN or clear(look.fit):
            return look.fit
        backing = self._backing(self._judge, look)
        scores = look.scores + backing * self._phones
        best = int(np.where(self._meanings != "", scores, -np.inf).argmax())
        return replace(
            look.fit,
            phrase=self._texts[best],
            fit=float(scores[best] - look.free) / int(self._phones[best]),
            lead=self._lead(scores, best),
            wanted=int(self._phones[best]),
            backing=float(backing[best]),
        )

    def _lead(self, scores: NDArray[np.float32], best: int) -> float:
        others = scores[self._meanings != self._meanings[best]]
        return float(scores[best] - others.max()) if len(others) else math.inf

    def _backing(self, judge: Judges, look: _Look) -> NDArray[np.float32]:
        """What the judge adds to the fit of each way to say each phrase."""
        asked: dict[str, int] = {}
        for way in np.argsort(-look.scores):
            if self._meanings[way] and len(asked) < _ASKED:
                asked.setdefault(self._texts[way], len(asked))
        added = _BACKING * np.maximum(0.0, judge(look.features, list(asked)) - _KNOWN)
        return np.array([added[asked[text]] if text in asked else 0.0 for text in self._texts], np.float32)

    def abandon(self) -> None:
        """Stops listening to the present stretch."""
        self._parts, self._held, self._known = None, 0, None


def set_apart(sound: Samples) -> Samples:
    """The sound, faded in and out, with silence around it."""
    fade = min(_FADE, len(sound) // 2)
    ramp = np.linspace(0.0, 1.0, fade, dtype=np.float32)
    sound = sound.copy()
    sound[:fade] *= ramp
    sound[len(sound) - fade :] *= ramp[::-1]
    return np.pad(sound, _QUIET)


def clear_db(sound: Samples) -> float:
    """How far the loud moments of a sound, which may be a voice, are above the softest tenth of it, dB; what
    is too short to tell is clear."""
    frames = len(sound) // _FRAME
    if frames < _FRAMES_MIN:
        return _SURE_DB[1]
    power = (sound[: frames * _FRAME].reshape(frames, _FRAME).astype(np.float64) ** 2).mean(axis=1)
    loud = power[power >= power.max() * _LOUD].mean()
    return 10.0 * math.log10((loud + _TINY) / (float(np.percentile(power, 10.0)) + _TINY))


def _readier(heard: LogProbabilities) -> LogProbabilities:
    """The same with phones instead of none where it is a near thing."""
    shifted = heard.copy()
    shifted[:, BLANK] -= _BLANK_LESS
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)), np.float32)


def _unsayable(commands: CommandSet, text: str, meaning: str, unknown: list[str]) -> str:
    where = f"'{text}' ('{meaning}')" if meaning else f"'{text}' in [others]"
    if unknown:
        phones = " ".join(unknown)
        return f"{commands.source}: '{phones}' in the pronunciation of {where} is no phone of CMUdict."
    return f"{commands.source}: nobody knows how to pronounce {where}: give it under [pronunciations]."
