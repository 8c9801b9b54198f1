"""The characters of the evening behind one door, and who speaks when it matters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from npc.character import Character
from npc.contract import Ended, Question, ReplyEvent, Sentence, Understood
from npc.dialogue import Line

CHILD: Final = "child"
COMPANION: Final = "companion"
_DESPAIR: Final = "despair"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A sentence and whose it is."""

    character: str
    sentence: Sentence


class Cast:
    """Puts a question to a character. Where the player speaks of harm to themselves the Child falls silent
    and the Companion answers; no model is asked then."""

    def __init__(self, characters: Mapping[str, Character]) -> None:
        self.characters = characters

    def reply(self, question: Question) -> Iterator[ReplyEvent | Spoken]:
        despair = False
        for event in self.characters[question.character].reply(question):
            match event:
                case Understood():
                    despair = event.kind == _DESPAIR
                    yield event
                case Sentence() if not despair:
                    yield Spoken(character=question.character, sentence=event)
                case Ended() if not despair:
                    yield event
                case _:
                    pass
        if despair:
            for event in self.characters[COMPANION].reply(replace(question, character=COMPANION)):
                if isinstance(event, Sentence):
                    yield Spoken(character=COMPANION, sentence=event)
            yield Ended()

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
