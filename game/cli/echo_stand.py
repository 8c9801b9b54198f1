"""The stand of ``hollow bench echo``: the game around the ears in a computed room, and what is said in it."""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from game.budget import budget
from game.cli.echo_room import EchoRoom, RoomSettings
from game.cli.recordings import read
from game.clock import EAR_BLOCK, EAR_RATE, SAMPLE_RATE, TICK_S
from game.inbox import Inbox
from game.interpret.interpreter import Interpreter
from game.present.sound.mixer import Mixer
from game.present.sound.stage_sound import SoundStage
from game.sense.audio_source import Samples
from game.sense.ears import Ears
from game.sense.voice_activity import WINDOW, SileroModel, VoiceActivity, level_db
from game.world import talk
from game.world.effects import Ask, Duck, Effect, StopClip
from game.world.state import Scene
from game.world.step import begin
from game.world.talk_state import Line
from npc.assets import asset
from npc.models import ModelStore
from npc.personality import load_personality
from npc.speech.voice import Spoken, Voice, voice_file
from npc.text import plain

_LINES: Final = 60
"""Of the Child's written lines, said again and again in a fresh order."""
_ECHO_DBFS: Final = -30.0
"""Root mean square of the Child's speech at the microphone, its pauses left out."""
_STEP: Final = SAMPLE_RATE // 100
_PAUSE_S: Final = (0.25, 1.6)
"""Between two of the Child's lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What a player says over the Child."""

    text: str
    sound: Samples
    """16 kHz, silence at its ends cut off."""
    voice_s: float
    """When voice activity finds its first voice in it, alone and in quiet: nobody can be heard sooner."""


class Stand:
    """The game around the ears: mixer, room, world. One step is ten milliseconds."""

    def __init__(
        self,
        settings: RoomSettings,
        ears: Ears,
        lines: list[Spoken],
        *,
        stopping: bool,
        seed: int,
    ) -> None:
        self._rng = np.random.default_rng(seed)
        self._lines = lines
        self._order: list[int] = []
        self._mixer = Mixer(seed)
        self._sounds = SoundStage(self._mixer)
        self.room = EchoRoom(settings)
        self._ears = ears
        self._playback: list[Samples] = []
        self._inbox = Inbox()
        self._interpreter = Interpreter()
        self.world = begin(seed)
        self.world.scene = Scene.FORK
        self._stopping = stopping
        self._steps = 0
        self._clips = 0
        self._next_s = 0.5
        self._late: list[Samples] = []
        self.effects: list[tuple[float, Effect]] = []
        self.observed: list[Any] = []

    @property
    def now_s(self) -> float:
        return self._steps * 0.01

    def step(self, *, talking: bool) -> None:
        """Ten milliseconds; while ``talking`` the Child begins a new line after each pause."""
        stereo = self._mixer.mix(_STEP)
        # What was mixed reaches the ears with the next picture.
        self._late.append(self._mixer.to_reference(stereo))
        if self._steps % 2:
            self._playback, self._late = self._late, []
        for block in self.room.play(stereo):
            at_s = self.room.heard_s
            played, self._playback = self._playback, []
            self._take(self._ears.feed(block, np.concatenate(played) if played else None, at_s))
        self._steps += 1
        self._take(self._ears.poll(self.now_s))
        while (self.world.tick + 1) * TICK_S <= self.now_s:
            self._tick(talking)

    def _take(self, news: list[Any]) -> None:
        self.observed += news
        self._inbox.put(news)

    def _tick(self, talking: bool) -> None:
        world = self.world
        world.tick += 1
        self._inbox.put(self._sounds.feedback(world.time_s))
        intents = self._interpreter.tick(self._inbox.take(world.tick), world.time_s)
        effects = talk.listen(world, intents) + talk.answer(world, intents) + talk.speak(world, intents)
        effects = [e for e in effects if not (isinstance(e, Ask) and e.question.gesture == "silence")]
        self.effects += [(world.time_s, e) for e in effects]
        if not self._stopping:
            effects = [e for e in effects if not isinstance(e, Duck | StopClip)]
        if any(isinstance(e, Ask) for e in effects):
            talk.cut_off(world)  # Nobody answers here.
            world.talk.question = None
        self._sounds.apply(effects, world)
        if self.speaking:
            self._next_s = world.time_s + float(self._rng.uniform(*_PAUSE_S))
        elif talking and world.time_s >= self._next_s:
            self._begin()

    @property
    def speaking(self) -> bool:
        return bool(self._mixer.playing()) or bool(self.world.talk.queue)

    def _begin(self) -> None:
        if not self._order:
            self._order = [int(k) for k in self._rng.permutation(len(self._lines))]
        spoken = self._lines[self._order.pop()]
        self._clips += 1
        clip = f"line-{self._clips}"
        self._sounds.deliver(clip, spoken.pcm)
        self.world.talk.queue.append(
            Line(clip=clip, turn=self.world.talk.turns, character=talk.CHILD, text="", words=(),
                 duration_s=spoken.duration_s, gesture=None, actions=())
        )  # fmt: skip
        self._next_s = self.world.time_s + 0.5


def child_texts(seed: int) -> list[str]:
    """Some of the Child's written lines, as they are written but for the gestures."""
    texts: list[str] = []
    for path in sorted(asset("personalities/child").joinpath("dialogue").glob("*.txt")):
        for row in path.read_text(encoding="utf-8").splitlines():
            match = re.match(r"[a-z_]+: (\[.*)", row)
            if match and "{" not in row:
                text = re.sub(r"\[[^]]*\]", "", match[1]).strip()
                if 3 <= len(plain(text).split()) <= 24:
                    texts.append(text)
    rng = np.random.default_rng(seed)
    return [texts[int(k)] for k in rng.permutation(len(texts))[:_LINES]]


def child_lines(store: ModelStore, seed: int) -> list[Spoken]:
    """Some of the Child's written lines in its voice, in all its moods."""
    personality = load_personality(asset("personalities/child"))
    voice = Voice(personality.voice, voice_file(store), threads=budget().voice, seed=seed)
    moods = ("hostile", "wary", "warming", "friend")
    return [voice.speak(plain(text), mood=moods[k % 4]) for k, text in enumerate(child_texts(seed))]


def active_db(sound: Samples) -> float:
    """Level of the sound's louder half of moments, dB full scale: its pauses left out."""
    count = len(sound) // 512
    levels = np.array([level_db(sound[k * 512 : (k + 1) * 512]) for k in range(count)])
    loud = levels[levels > levels.max() - 25.0]
    return float(10.0 * np.log10(np.mean(10.0 ** (loud / 10.0))))


def echo_level(settings: RoomSettings, lines: list[Spoken], seed: int) -> float:
    """Gain that brings the Child's speech to `_ECHO_DBFS` at the microphone."""
    room = EchoRoom(replace(settings, noise_dbfs=-120.0))
    mixer = Mixer(seed)
    heard: list[Samples] = []
    for line in lines[:8]:
        mixer.play("line", line.pcm, position=(0.0, 2.5, 0.7), bus="voice")
        for _ in range(int(line.duration_s * 100)):
            heard += room.play(mixer.mix(_STEP))
    return float(10.0 ** ((_ECHO_DBFS - active_db(np.concatenate(heard))) / 20.0))


def recorded_sentences(folder: Path) -> list[Sentence]:
    """The recordings in ``folder`` of which ``transcripts.tsv`` (in it or above it) tells the words, as loud
    as the echo."""
    places = (folder / "transcripts.tsv", folder.parent / "transcripts.tsv")
    table = next((place for place in places if place.is_file()), None)
    if table is None:
        raise ValueError(f"There is no transcripts.tsv in {folder} nor beside it.")
    found: list[Sentence] = []
    for row in table.read_text(encoding="utf-8").splitlines()[1:]:
        name, _, text = row.split("\t")
        path = folder / Path(name).name
        if not path.is_file() or text.startswith("labels:"):
            continue
        sound = _trimmed(read(path))
        sound = sound * 10.0 ** ((_ECHO_DBFS - active_db(sound)) / 20.0)
        sound = np.asarray(sound, np.float32)
        found.append(Sentence(text=text.split("(")[0], sound=sound, voice_s=_voice_begins(sound)))
    return found


def _voice_begins(sound: Samples) -> float:
    windows = VoiceActivity(SileroModel()).feed(sound)
    first = next((k for k, window in enumerate(windows) if window.speaking), 0)
    return first * WINDOW / EAR_RATE


def _trimmed(sound: Samples) -> Samples:
    levels = np.array([level_db(sound[k : k + EAR_BLOCK]) for k in range(0, len(sound), EAR_BLOCK)])
    loud = np.flatnonzero(levels > levels.max() - 30.0)
    return sound[loud[0] * EAR_BLOCK : (loud[-1] + 1) * EAR_BLOCK]
