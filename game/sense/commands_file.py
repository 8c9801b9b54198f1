"""Words of command are data: their file, the player's own beside it, and which of them a text is."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from platformdirs import user_data_dir

from npc.text_files import TextFault, read_toml

LONGEST_S: Final = 2.4
"""No command takes longer to say; what is longer is not listened to further."""
ACTIONS: Final = (
    "stop", "go on", "turn left", "turn right", "turn around", "look", "follow me", "show me the way",
    "where am i", "louder", "quieter", "brighter", "darker", "recenter", "set the screen",
    "pause", "save", "start again", "gentle words", "film words", "good night",
)  # fmt: skip
"""What the game can be told to do."""
LANGUAGES: Final = ("en",)
"""Languages that the recogniser of commands has a model for."""
_LARGEST_BYTES: Final = 256 * 1024
_TABLES: Final = ("language", "command", "others", "pronunciations")
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
class Match:
    """A command that was said and nothing else."""

    command: Command
    phrase: str
    confidence: float
    """0 to 1."""
    sure: bool = True
    """It may be acted upon; else it waits until the recogniser of free speech has heard something like it."""


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


NO_COMMANDS: Final = CommandSet(commands=(), others=(), pronunciations={}, source="")
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
        data = read_toml(path, largest_bytes=_LARGEST_BYTES)
    except TextFault as error:
        raise GrammarError(f"The commands' file cannot be used: {error}") from error
    return _checked(data, path.name)


def _checked(data: dict[str, Any], source: str) -> CommandSet:
    language = data.get("language")
    if language not in LANGUAGES:
        known = ", ".join(f'"{one}"' for one in LANGUAGES)
        raise GrammarError(f"{source}: language: expected one of {known}, found {_shown(language)}.")
    for key in data:
        if key not in _TABLES:
            raise GrammarError(f"{source}: unknown part {_shown(key)}; known are {', '.join(_TABLES)}.")
    rows = data.get("command")
    if not isinstance(rows, list) or not rows:
        found = "one [command]; it has two brackets" if isinstance(rows, dict) else _shown(rows)
        raise GrammarError(f"{source}: expected one or more [[command]], found {found}.")
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
    for key in others:
        if key not in ("lines", "words"):
            raise GrammarError(f"{source}: [others]: unknown field {_shown(key)}; known are lines, words.")
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


def is_something_else(text: str, said: Command | None, found: list[Match]) -> bool:
    """True when the transcript of the whole turn shows that the commands found in it by ear were none: it is
    another command, or a sentence of more words than the commands had, not merely the same sound in other
    letters ("star" for "stop")."""
    if said is not None:
        return said.name not in [one.command.name for one in found]
    return len(plain_words(text)) > sum(len(one.phrase.split()) for one in found)


def is_only_command(text: str, said: Command | None, fired: list[Match]) -> bool:
    """True when the turn was an order to the game and no talk.

    ``said`` is the command that the whole transcript is; ``fired`` were told at once. Where the two
    recognisers differ, the turn is talk when the transcript has more words than the commands had.
    """
    if said is not None:
        return not said.answered
    if not fired or any(match.command.answered for match in fired):
        return False
    return len(plain_words(text)) <= sum(len(match.phrase.split()) for match in fired)
