"""The characters of the evening behind one door, and who speaks when it matters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from npc.character import Character
from npc.contract import Ended, Expected, Question, ReplyEvent, Sentence, Understood
from npc.dialogue import Line

CHILD: Final = "child"
COMPANION: Final = "companion"
"""The parts of an evening; which character plays the Child is the player's choice."""
_DESPAIR: Final = "despair"
_META: Final = "meta"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A sentence and whose it is."""

    character: str
    sentence: Sentence


class Cast:
    """Puts a question to a character, and has the Companion speak where truth is due: after the Child has
    dodged a question about software, camera or microphone, and instead of the Child where the player speaks
    of harm to themselves."""

    def __init__(self, characters: Mapping[str, Character]) -> None:
        self.characters = characters

    def reply(self, question: Question, *, in_parts: bool = False) -> Iterator[ReplyEvent | Spoken]:
        """``in_parts`` as of `Character.reply`."""
        kind = ""
        count = 0
        for event in self.characters[question.character].reply(question, in_parts=in_parts):
            match event:
                case Understood():
                    kind = event.kind
                    yield event
                case Expected() if kind != _DESPAIR:
                    yield event
                case Sentence() if kind != _DESPAIR:
                    count += 1
                    yield Spoken(character=question.character, sentence=event)
                case Ended():
                    if question.character != COMPANION and kind in (_DESPAIR, _META):
                        yield from self._truth(question, count)
                    yield event
                case _:
                    pass

    def _truth(self, question: Question, count: int) -> Iterator[Spoken]:
        companion = self.characters.get(COMPANION)
        if companion is None:
            return
        for event in companion.reply(replace(question, character=COMPANION)):
            if isinstance(event, Sentence):
                count += 1
                yield Spoken(character=COMPANION, sentence=replace(event, index=count - 1))

    def line(self, character: str, key: str) -> Spoken:
        """An authored line; KeyError when the personality has none of that name."""
        written = Line.parse(self.characters[character].line(key))
        sentence = Sentence(
            index=0, text=written.text, gesture=written.gesture, actions=(),
            source="authored", backend="authored", first_token_s=0.0,
        )  # fmt: skip
        return Spoken(character=character, sentence=sentence)

    def warm(self) -> None:
        for character in self.characters.values():
            character.warm()

    def close(self) -> None:
        for character in self.characters.values():
            character.close()
