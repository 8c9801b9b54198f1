"""The recogniser of commands that this machine can have: by sound, else by grammar."""

from collections.abc import Callable
from enum import StrEnum

from game.sense.command_grammar import GrammarSpotter
from game.sense.command_spotter import CommandSpotter
from game.sense.commands_file import CommandSet, GrammarError
from game.sense.phone_model import ENCODER, MODEL, PhoneModel, PhoneModelError
from game.sense.phrase_judge import PIECES, PhraseJudge
from game.sense.speech_decoder import DECODER
from npc.assets import asset
from npc.models import ModelMissing, ModelStore


class Recogniser(StrEnum):
    """What listens for commands."""

    SOUNDS = "sounds"
    """Moonshine's encoder and the layer of phones on it."""
    GRAMMAR = "grammar"
    """PocketSphinx."""


def load_spotter(
    store: ModelStore,
    commands: CommandSet,
    on_fault: Callable[[str], None],
    *,
    wanted: Recogniser = Recogniser.SOUNDS,
) -> CommandSpotter | GrammarSpotter | None:
    """The recogniser that is wanted; where that cannot be another or none, and a sentence to ``on_fault``."""
    try:
        if wanted is Recogniser.SOUNDS:
            try:
                model = PhoneModel(store.file(MODEL, ENCODER), asset("phones.npz"))
                return CommandSpotter(commands, model, _judge(store, on_fault))
            except (ModelMissing, PhoneModelError) as error:
                on_fault(f"Commands are heard less well: {error}")
        return GrammarSpotter(commands)
    except GrammarError as error:
        on_fault(str(error))
        return None


def _judge(store: ModelStore, on_fault: Callable[[str], None]) -> PhraseJudge | None:
    """Without it the phones alone decide."""
    try:
        return PhraseJudge(store.file(MODEL, DECODER), store.file(MODEL, PIECES))
    except (ModelMissing, PhoneModelError) as error:
        on_fault(f"Commands are told less surely in noise: {error}")
        return None
