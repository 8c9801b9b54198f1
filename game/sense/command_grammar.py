"""Words of command: a small grammar, streamed, that would rather miss a command than invent one.

A bare grammar forces whatever is said onto its nearest phrase. Four things keep it honest: common words and
lines are listened for beside it, and must not fit much better; a free loop of phones says how well *anything*
would have fitted; the phrase must be whole; and its words must fill the stretch of speech they were found in.
"""

import math
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_data_dir

from game.clock import EAR_RATE
from game.sense.pronounce import pronounced

Samples = NDArray[np.float32]

LONGEST_S: Final = 2.4
"""No command takes longer to say; what is longer is not listened to further."""
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


ACTIONS: Final = (
    "stop", "go on", "turn left", "turn right", "turn around", "look", "follow me", "show me the way",
    "where am i", "louder", "quieter", "brighter", "darker", "recenter", "pause", "save", "start again",
    "gentle words", "film words", "good night",
)  # fmt: skip
"""What the game can be told to do."""
LANGUAGES: Final = ("en",)
"""Languages that the recogniser of commands has a model for."""
_FIELDS: Final = ("action", "phrases", "synonyms", "does", "undo", "answered")


class GrammarError(Exception):
    """The file of commands cannot be used; the text names the file and what is wrong, in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing that can be told to be done."""

    name: str
    """The action that it is, one of `ACTIONS`."""
    phrases: tuple[str, ...]
    """All ways to say it, synonyms included; the first is the one that help texts show."""
    does: str
    undo: bool
    """It can be undone, so it is done when the words have ended, and taken back when they were a part of
    something else; others wait until the recogniser of free speech agrees."""
    answered: bool
    """The words are a turn of talk as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSet:
    """The commands of one language, with what competes with them."""

    commands: tuple[Command, ...]
    others: tuple[str, ...]
    pronunciations: Mapping[str, str]
    source: str
    """Name of the file, for messages."""

    def by_text(self, text: str) -> Command | None:
        """The command that the whole text is, however it is spelt and politely wrapped; else None."""
        words = plain_words(text)
        while words and words[0] in _POLITE_BEFORE and not self._is_phrase(words):
            words = words[1:]
        while words and words[-1] in _POLITE_AFTER and not self._is_phrase(words):
            words = words[:-1]
        for command in self.commands:
            if any(_says_only(words, phrase.split()) for phrase in command.phrases):
                return command
        return None

    def __or__(self, own: "CommandSet") -> "CommandSet":
        """These commands and a player's own: more phrases for what there is. Raises GrammarError where a
        phrase is said for two."""
        merged = {command.name: command for command in self.commands}
        for more in own.commands:
            for phrase in more.phrases:
                other = self.by_phrase(phrase)
                if other is not None and other.name != more.name:
                    both = f"'{other.name}' and '{more.name}'"
                    raise GrammarError(f"{own.source}: '{phrase}' is said for {both}.")
            known = merged.get(more.name, more)
            merged[more.name] = replace(known, phrases=tuple(dict.fromkeys(known.phrases + more.phrases)))
        owned = {phrase for command in merged.values() for phrase in command.phrases}
        return CommandSet(
            commands=tuple(merged.values()),
            others=tuple(text for text in dict.fromkeys(self.others + own.others) if text not in owned),
            pronunciations={**self.pronunciations, **own.pronunciations},
            source=own.source,
        )

    def by_phrase(self, phrase: str) -> Command | None:
        """The command that has exactly this phrase."""
        return next((command for command in self.commands if phrase in command.phrases), None)

    def _is_phrase(self, words: Sequence[str]) -> bool:
        return self.by_phrase(" ".join(words)) is not None


_POLITE_BEFORE: Final = frozenset({"please", "ok", "okay", "now", "hey", "and", "oh"})
_POLITE_AFTER: Final = frozenset({"please", "now", "thanks", "then"})


def plain_words(text: str) -> list[str]:
    """Lower-case words without punctuation, spelt as in the commands' file."""
    spelt = text.casefold().replace("’", "'").replace("re-cent", "recent").replace("centre", "center")
    return re.findall(r"[a-z']+", spelt)


def _says_only(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """True when the words are the phrase, once or several times: "stop, stop!"."""
    times, rest = divmod(len(words), len(phrase))
    return times >= 1 and rest == 0 and list(words) == list(phrase) * times


def own_commands_path() -> Path:
    """Where a player's own commands live; it need not exist."""
    return Path(user_data_dir("hollow")) / "commands.toml"


def all_commands(bundled: Path, own: Path, on_fault: Callable[[str], None]) -> CommandSet:
    """The game's commands and the player's own. A fault in the player's file costs its commands and a
    sentence to ``on_fault``; raises GrammarError for the game's."""
    commands = load_commands(bundled)
    if not own.is_file():
        return commands
    try:
        return commands | load_commands(own)
    except GrammarError as error:
        on_fault(str(error))
        return commands


def load_commands(path: Path) -> CommandSet:
    """The commands of a TOML file. Raises GrammarError."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise GrammarError(f"The commands' file {path} cannot be read.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise GrammarError(f"The commands' file {path.name} is not valid TOML: {error}.") from error
    return _checked(data, path.name)


def _checked(data: dict[str, Any], source: str) -> CommandSet:
    language = data.get("language")
    if language not in LANGUAGES:
        known = ", ".join(f'"{one}"' for one in LANGUAGES)
        raise GrammarError(f"{source}: language: expected one of {known}, found {_shown(language)}.")
    rows = data.get("command")
    if not isinstance(rows, list) or not rows:
        raise GrammarError(f"{source}: there is no [[command]].")
    commands: list[Command] = []
    owner: dict[str, str] = {}
    for number, row in enumerate(rows, 1):
        command = _command(row, source, number)
        for phrase in command.phrases:
            if owner.get(phrase, command.name) != command.name:
                both = f"'{owner[phrase]}' and '{command.name}'"
                raise GrammarError(f"{source}: '{phrase}' is said for {both}.")
            owner[phrase] = command.name
        commands.append(command)
    others = data.get("others", {})
    told = data.get("pronunciations", {})
    if not isinstance(others, dict) or not all(isinstance(v, str) for v in others.values()):
        raise GrammarError(f"{source}: [others] holds the texts 'lines' and 'words'.")
    if not isinstance(told, dict) or not all(isinstance(v, str) for v in told.values()):
        raise GrammarError(f"{source}: [pronunciations] gives each word its phones, as text.")
    lines = [" ".join(line.split()) for line in others.get("lines", "").splitlines()]
    alone = others.get("words", "").split()
    competing = tuple(dict.fromkeys(text for text in (*lines, *alone) if text and text not in owner))
    return CommandSet(commands=tuple(commands), others=competing, pronunciations=dict(told), source=source)


def _command(row: object, source: str, number: int) -> Command:
    if not isinstance(row, dict) or row.get("action") not in ACTIONS:
        found = _shown(row.get("action") if isinstance(row, dict) else row)
        raise GrammarError(
            f"{source}: command {number}, action: expected one of {', '.join(ACTIONS)}; found {found}."
        )
    name = row["action"]
    where = f"{source}: command {number} ('{name}')"
    for key in row:
        if key not in _FIELDS:
            raise GrammarError(f"{where}: unknown field {key!r}; known are {', '.join(_FIELDS)}.")
    said: list[str] = []
    for key in ("phrases", "synonyms"):
        found = row.get(key, [])
        if not isinstance(found, list) or not all(isinstance(phrase, str) for phrase in found):
            raise GrammarError(f"{where}, {key}: expected a list of texts, found {_shown(found)}.")
        said += found
    if not row.get("phrases"):
        raise GrammarError(f"{where} lacks its phrases, a list of texts.")
    for phrase in said:
        if not re.fullmatch(r"[a-z']+( [a-z']+)*", phrase):
            raise GrammarError(f"{where}: expected small letters with single spaces, found '{phrase}'.")
    for key in ("undo", "answered"):
        if not isinstance(row.get(key), bool):
            raise GrammarError(f"{where}, {key}: expected true or false, found {_shown(row.get(key))}.")
    return Command(
        name=name,
        phrases=tuple(dict.fromkeys(said)),
        does=str(row.get("does", "")),
        undo=row["undo"],
        answered=row["answered"],
    )


def _shown(value: object) -> str:
    return "nothing" if value is None else repr(value)[:60]


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A command that was said and nothing else."""

    command: Command
    phrase: str
    confidence: float
    """0 to 1."""


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


class CommandSpotter:
    """PocketSphinx with the commands' grammar and, beside it, other words and a free loop of phones.

    ``begin``, then ``feed`` as the sound comes, then ``finish`` when the voice falls silent. It holds the
    interpreter's lock while it decodes: use it in a process that draws nothing.
    """

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
