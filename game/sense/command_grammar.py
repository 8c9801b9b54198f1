"""Words of command by PocketSphinx: what hears them where the model of the sounds of speech is missing.

A bare grammar forces whatever is said onto its nearest phrase. Four things keep it honest: common words and
lines are listened for beside it, and must not fit much better; a free loop of phones says how well *anything*
would have fitted; the phrase must be whole; and its words must fill the stretch of speech they were found in.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_RATE
from game.sense.commands_file import LONGEST_S, CommandSet, GrammarError, Match
from game.sense.pronounce import pronounced

Samples = NDArray[np.float32]

_MARGIN_MIN: Final = -1.45
"""How much worse per frame than the free loop of phones a command may fit, in the decoder's own units."""
_LEAD_MIN: Final = -1.3
"""How much worse per frame than the best of the other words and lines a command may fit. Below 0, for each of
the many short words fits some noise."""
_COVER_MIN: Final = 0.72
"""Share of the heard stretch that the words must fill."""
_PACE_S: Final = (0.02, 0.18)
"""Nobody speaks faster or slower than this for one phone."""
_FRAMES_PER_S: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How well the best phrase fitted a stretch of sound."""

    phrase: str
    margin: float
    """Per frame, against a free loop of phones; higher is better, above 0 the phrase fits better."""
    lead: float
    """Per frame, over the best of what is no command; higher is better, infinite when nothing fitted."""
    cover: float
    """Share of the heard stretch that the words fill."""
    pace_s: float
    """Seconds of speech to one phone of the phrase."""


def judge(commands: CommandSet, fit: Fit) -> Match | None:
    """Whether what fitted best is a command, and fits well enough to act upon."""
    command = commands.by_phrase(fit.phrase)
    if command is None or min(fit.margin - _MARGIN_MIN, fit.lead - _LEAD_MIN) < 0.0:
        return None
    if fit.cover < _COVER_MIN:
        return None
    if not _PACE_S[0] <= fit.pace_s <= _PACE_S[1]:
        return None
    sure = 1.0 / (1.0 + math.exp(-(fit.margin - _MARGIN_MIN)))
    return Match(command=command, phrase=fit.phrase, confidence=round(min(1.0, sure), 3))


class GrammarSpotter:
    """PocketSphinx with the commands' grammar and, beside it, other words and a free loop of phones.

    ``begin``, then ``feed`` as the sound comes, then ``finish`` when the voice falls silent. It holds the
    interpreter's lock while it decodes: use it in a process that draws nothing.
    """

    name: Final = "pocketsphinx"
    talked: Final = True
    """Whatever is no command counts as talk, for the grammar cannot tell."""

    def __init__(self, commands: CommandSet) -> None:
        """Builds the decoders. Raises GrammarError for a word that nobody can pronounce."""
        import pocketsphinx

        self.commands = commands
        folder = Path(pocketsphinx.get_model_path()) / "en-us"
        common = {
            "hmm": str(folder / "en-us"),
            "dict": str(folder / "cmudict-en-us.dict"),
            "lm": None,
            "loglevel": "FATAL",
        }
        # With the usual beams a phrase in noise is lost before its end, and half of it is found.
        wide = {"beam": 1e-60, "wbeam": 1e-40, "pbeam": 1e-60}
        self._words: Any = pocketsphinx.Decoder(pocketsphinx.Config(**common, **wide))
        self._others: Any = pocketsphinx.Decoder(pocketsphinx.Config(**common)) if commands.others else None
        self._phones: Any = pocketsphinx.Decoder(
            pocketsphinx.Config(**common, allphone=str(folder / "en-us-phone.lm.bin"), lw=2.0)
        )
        self._decoders = [d for d in (self._words, self._others, self._phones) if d is not None]
        phrases = [phrase for command in commands.commands for phrase in command.phrases]
        for decoder, texts in ((self._words, phrases), (self._others, commands.others)):
            if decoder is None:
                continue
            _teach(decoder, commands)
            try:
                decoder.add_jsgf_string("said", jsgf(texts))
            except ValueError as error:
                raise GrammarError(f"{commands.source}: the phrases make no grammar.") from error
            decoder.activate_search("said")
        self._heard = 0
        self._running = False

    def begin(self) -> None:
        """Forgets the stretch before and listens to a new one."""
        self.abandon()
        for decoder in self._decoders:
            decoder.start_utt()
        self._heard = 0
        self._running = True

    def feed(self, samples: Samples) -> None:
        """Goes on listening; a stretch too long for a command costs nothing further."""
        if not self._running:
            return
        self._heard += len(samples)
        if self._heard > LONGEST_S * EAR_RATE:
            self.abandon()
            return
        raw = (np.clip(samples, -1.0, 1.0) * 32767.0).astype("<i2").tobytes()
        for decoder in self._decoders:
            decoder.process_raw(raw)

    def hush(self) -> None:
        """Nothing to be done ahead: the decoders have kept up with the sound."""

    def finish(self, *, speech_s: float) -> Match | None:
        """The command in what was fed since ``begin``, of which ``speech_s`` were speech; None for anything
        else."""
        fit = self.fit(speech_s=speech_s)
        return judge(self.commands, fit) if fit is not None else None

    def fit(self, *, speech_s: float) -> Fit | None:
        """The best phrase, be it a command or not; None when nothing fitted at all."""
        if not self._running:
            return None
        frames = max(1, self._heard * _FRAMES_PER_S // EAR_RATE)
        self._stop()
        hypothesis, free = self._words.hyp(), self._phones.hyp()
        if hypothesis is None or free is None:
            return None
        other = self._others.hyp() if self._others is not None else None
        lead = math.inf if other is None else _log(hypothesis.score) - _log(other.score)
        spoken = [s for s in self._words.seg() if not s.word.startswith(("<", "["))]
        filled = sum(s.end_frame - s.start_frame + 1 for s in spoken)
        phones = sum(len((self._words.lookup_word(s.word) or "").split()) for s in spoken)
        return Fit(
            phrase=hypothesis.hypstr,
            margin=(_log(hypothesis.score) - _log(free.score)) * 1024.0 / frames,
            lead=lead * 1024.0 / frames,
            cover=min(1.0, filled / max(1.0, speech_s * _FRAMES_PER_S)),
            pace_s=speech_s / max(1, phones),
        )

    def abandon(self) -> None:
        """Stops listening to the present stretch."""
        if self._running:
            self._stop()

    def _stop(self) -> None:
        for decoder in self._decoders:
            decoder.end_utt()
        self._running = False


def jsgf(texts: Sequence[str]) -> str:
    """A grammar of which each text is a whole sentence."""
    return f"#JSGF V1.0; grammar said; public <said> = {' | '.join(texts)};"


def _teach(decoder: Any, commands: CommandSet) -> None:
    for word, phones in commands.pronunciations.items():
        try:
            decoder.add_word(word, phones, True)
        except RuntimeError as error:
            raise GrammarError(f"{commands.source}: '{phones}' is no pronunciation of '{word}'.") from error
    for command in commands.commands:
        for phrase in command.phrases:
            for word in phrase.split():
                if decoder.lookup_word(word) is not None:
                    continue
                sound = pronounced(word)
                if sound is None:
                    raise GrammarError(
                        f"{commands.source}: nobody knows how to pronounce '{word}' in '{phrase}' "
                        f"('{command.name}'): give it under [pronunciations]."
                    )
                decoder.add_word(word, sound, True)
    unknown = [w for text in commands.others for w in text.split() if decoder.lookup_word(w) is None]
    if unknown:
        raise GrammarError(f"{commands.source}: nobody knows how to pronounce '{unknown[0]}' in [others].")


def _log(score: float) -> float:
    return math.log(score) if score > 0.0 else -745.0
