"""``hollow bench echo``: does the game hear itself, and does it hear the player over its own voice?

A closed loop as on the evening, in a room that is computed: the Child's voice goes through the mixer, two
loudspeakers, a room and a microphone to the ears, their observations to the world, and what the world decides
(duck, stop) to the mixer. The game clock runs, so the figures are the same on any machine.
"""

import argparse
import json
import re
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from game.budget import budget
from game.cli.echo_room import EchoRoom, RoomSettings
from game.clock import EAR_BLOCK, EAR_RATE, LATENCY_S, SAMPLE_RATE, TICK_S, ClockKind
from game.inbox import Inbox
from game.interpret.interpreter import Interpreter
from game.present.sound.mixer import Mixer
from game.present.sound.stage_sound import SoundStage
from game.sense.audio_source import FileSource, Samples
from game.sense.command_grammar import CommandSpotter, load_commands
from game.sense.ears import Ears
from game.sense.echo import EchoCanceller
from game.sense.observations import CommandHeard, Heard, SpeechStarted
from game.sense.transcriber import WhisperTranscriber
from game.sense.voice_activity import WINDOW, SileroModel, VoiceActivity, level_db
from game.workers.jobs import GameJobs
from game.world import talk
from game.world.effects import Ask, Duck, Effect, StopClip
from game.world.state import Line, Scene
from game.world.step import begin
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
_AFTERWARDS_S: Final = 3.0
_LONG_LINE_S: Final = 3.0
_WARM_S: Final = 12.0
"""The Child has been speaking for this long before a player breaks in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """What a player says over the Child."""

    text: str
    sound: Samples
    """16 kHz, silence at its ends cut off."""
    voice_s: float
    """When voice activity finds its first voice in it, alone and in quiet: nobody can be heard sooner."""


@dataclass(slots=True)
class Alone:
    """What the game made of its own voice."""

    seconds: float = 0.0
    child_s: float = 0.0
    """Of it the Child spoke so long."""
    starts: int = 0
    turns: int = 0
    commands: int = 0
    ducks: int = 0
    stops: int = 0
    told: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Over:
    """What the game made of players who talked over the Child."""

    sentences: int = 0
    words: int = 0
    errors: int = 0
    ducked_ms: list[int | None] = field(default_factory=list)
    """From the first voice in each sentence; None where it was not."""
    stopped_ms: list[int | None] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


def add_parser(kinds: Any) -> argparse.ArgumentParser:
    """Adds the command; returns its parser."""
    parser: argparse.ArgumentParser = kinds.add_parser(
        "echo",
        help="whether the game hears itself, and the player over its own voice",
        description="Plays the Child's voice through loudspeakers and a room that are computed, and counts "
        "what the ears take for a player; then lets recorded people talk over it at the same loudness.",
    )
    parser.add_argument("--minutes", type=float, default=1.0, metavar="M", help="of the Child alone (1)")
    parser.add_argument("--delay", type=float, default=80.0, metavar="MS", help="of the sound card (80)")
    parser.add_argument("--rt60", type=float, default=0.4, metavar="S", help="reverberation time (0.4)")
    parser.add_argument("--drift", type=float, default=100.0, metavar="PPM", help="between the clocks (100)")
    parser.add_argument("--noise", type=float, default=-62.0, metavar="DBFS", help="of the room (-62)")
    parser.add_argument("--speech", type=Path, metavar="DIR", help="recordings, with transcripts.tsv beside")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.set_defaults(run=run)
    return parser


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


def alone(stand: Stand, minutes: float) -> Alone:
    """Lets the Child talk, and nobody else."""
    found = Alone()
    while stand.now_s < minutes * 60.0:
        stand.step(talking=True)
        found.child_s += 0.01 * stand.speaking
    for _ in range(round(_AFTERWARDS_S * 100)):
        stand.step(talking=False)
    found.seconds = stand.now_s
    for seen in stand.observed:
        match seen:
            case SpeechStarted():
                found.starts += 1
            case CommandHeard():
                found.commands += 1
                found.told.append(f"{seen.end_s:.1f} s: command {seen.name}")
            case Heard():
                found.turns += 1
                found.told.append(f"{seen.start_s:.1f} s: {seen.text}")
    for _, effect in stand.effects:
        found.ducks += isinstance(effect, Duck) and effect.gain_db < 0.0
        found.stops += isinstance(effect, StopClip)
    return found


def over(stand: Stand, sentences: list[Sentence]) -> Over:
    """Lets one after the other talk over the Child."""
    found = Over()
    while stand.now_s < _WARM_S:
        stand.step(talking=True)
    for sentence in sentences:
        waited = 0.0
        while not stand.speaking or waited < 0.7:
            stand.step(talking=True)
            waited = waited + 0.01 if stand.speaking else 0.0
        start_s = stand.now_s
        seen, done = len(stand.observed), len(stand.effects)
        stand.room.say(sentence.sound)
        end_s = start_s + len(sentence.sound) / EAR_RATE
        while stand.now_s < end_s + 0.3:
            stand.step(talking=not stand._stopping)
        while stand.now_s < end_s + _AFTERWARDS_S:
            stand.step(talking=False)
        texts: dict[int, Heard] = {}
        for one in stand.observed[seen:]:
            if isinstance(one, Heard) and one.end_s > start_s:
                texts.pop(one.extends or -1, None)
                texts[one.utterance] = one
        heard = " ".join(one.text for one in texts.values())
        said, got = words_of(sentence.text), words_of(heard)
        wrong = word_errors(said, got)
        found.sentences += 1
        found.words += len(said)
        found.errors += wrong
        voice_s = start_s + sentence.voice_s
        for delays, kind in ((found.ducked_ms, Duck), (found.stopped_ms, StopClip)):
            at_s = next((at_s for at_s, effect in stand.effects[done:] if isinstance(effect, kind)), None)
            delays.append(None if at_s is None else round((at_s - voice_s) * 1000.0))
        found.told.append(f"{wrong} of {len(said)}: {heard}")
    return found


def words_of(text: str) -> list[str]:
    """Small letters, no signs: what can be heard of a spelling."""
    return re.sub(r"[^a-z ]", "", re.sub(r"[-\s]+", " ", text.lower())).split()


def word_errors(said: list[str], heard: list[str]) -> int:
    """Words put in, left out or changed: the edit distance (Levenshtein 1966) over words."""
    row = list(range(len(heard) + 1))
    for i, wanted in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, got in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (wanted != got))
    return row[-1]


def child_lines(store: ModelStore, seed: int) -> list[Spoken]:
    """Some of the Child's written lines in its voice, in all its moods."""
    personality = load_personality(asset("personalities/child"))
    voice = Voice(personality.voice, voice_file(store), threads=budget().voice, seed=seed)
    texts: list[str] = []
    for path in sorted(asset("personalities/child").joinpath("dialogue").glob("*.txt")):
        for row in path.read_text(encoding="utf-8").splitlines():
            match = re.match(r"[a-z_]+: (\[.*)", row)
            if match and "{" not in row:
                text = plain(re.sub(r"\[[^]]*\]", "", match[1])).strip()
                if 3 <= len(text.split()) <= 24:
                    texts.append(text)
    rng = np.random.default_rng(seed)
    chosen = [texts[int(k)] for k in rng.permutation(len(texts))[:_LINES]]
    moods = ("hostile", "wary", "warming", "friend")
    return [voice.speak(text, mood=moods[k % 4]) for k, text in enumerate(chosen)]


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
        sound = _trimmed(_read(path))
        sound = sound * 10.0 ** ((_ECHO_DBFS - active_db(sound)) / 20.0)
        sound = np.asarray(sound, np.float32)
        found.append(Sentence(text=text.split("(")[0], sound=sound, voice_s=_voice_begins(sound)))
    return found


def _read(path: Path) -> Samples:
    source = FileSource(path)
    try:
        blocks: list[Samples] = []
        for block in source.read_until(float("inf")):
            blocks.append(block.samples)
            if source.ended:
                break
    finally:
        source.close()
    return np.concatenate(blocks)


def _voice_begins(sound: Samples) -> float:
    windows = VoiceActivity(SileroModel()).feed(sound)
    first = next((k for k, window in enumerate(windows) if window.speaking), 0)
    return first * WINDOW / EAR_RATE


def _trimmed(sound: Samples) -> Samples:
    levels = np.array([level_db(sound[k : k + EAR_BLOCK]) for k in range(0, len(sound), EAR_BLOCK)])
    loud = np.flatnonzero(levels > levels.max() - 30.0)
    return sound[loud[0] * EAR_BLOCK : (loud[-1] + 1) * EAR_BLOCK]


def run(options: argparse.Namespace) -> int:
    """Runs the command."""
    store = ModelStore.default()
    lines = child_lines(store, options.seed)
    transcriber = WhisperTranscriber(store.folder("whisper-base"), threads=budget().hearing)
    settings = RoomSettings(
        rt60_s=options.rt60, delay_s=options.delay / 1000.0, drift_ppm=options.drift,
        noise_dbfs=options.noise, seed=options.seed,
    )  # fmt: skip
    gain = echo_level(settings, lines, options.seed)

    spotter = CommandSpotter(load_commands(asset("commands.toml")))

    def ears() -> Ears:
        return Ears(
            voice=VoiceActivity(SileroModel()), transcriber=transcriber, jobs=GameJobs(LATENCY_S),
            clock=ClockKind.GAME, spotter=spotter,
            echo=EchoCanceller(),
        )  # fmt: skip

    def stand(*, stopping: bool) -> Stand:
        made = Stand(settings, ears(), lines, stopping=stopping, seed=options.seed)
        made.room.gain = gain
        return made

    sentences = recorded_sentences(options.speech) if options.speech else []
    result: dict[str, Any] = {"room": asdict(settings)}
    if options.minutes > 0.0:
        result["alone"] = asdict(alone(stand(stopping=True), options.minutes))
    if sentences:
        # The words are scored where the Child goes on, the times where it stops.
        # Over its longer lines only: it must not fall silent before it can be stopped.
        lines = [line for line in lines if line.duration_s > _LONG_LINE_S]
        goes_on = over(stand(stopping=False), sentences)
        stops = over(stand(stopping=True), sentences)
        result["over"] = {
            "sentences": goes_on.sentences,
            "words": goes_on.words,
            "errors": goes_on.errors,
            "wer": round(goes_on.errors / max(1, goes_on.words), 4),
            "wer_when_it_stops": round(stops.errors / max(1, stops.words), 4),
            "ducked_ms": stops.ducked_ms,
            "stopped_ms": stops.stopped_ms,
            "told": goes_on.told,
        }
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        _tell(result)
    return 0


def _tell(result: dict[str, Any]) -> None:
    if "alone" in result:
        found = result["alone"]
        print(
            f"The Child alone, {found['seconds']:.0f} s, {found['child_s']:.0f} s of them speech: "
            f"{found['turns']} turns, {found['commands']} commands, {found['ducks']} times turned down, "
            f"{found['stops']} times stopped."
        )
        for line in found["told"]:
            print(f"  {line}")
    if "over" in result:
        found = result["over"]
        print(
            f"A player over it at equal level, {found['sentences']} sentences: word error rate "
            f"{found['wer']:.1%} ({found['wer_when_it_stops']:.1%} where the Child stops)."
        )
        for what in ("ducked", "stopped"):
            times = [time for time in found[f"{what}_ms"] if time is not None]
            missed = len(found[f"{what}_ms"]) - len(times)
            if times:
                p50, p95 = np.percentile(times, [50, 95])
                print(f"  {what} after {p50:.0f} ms (p50), {p95:.0f} ms (p95); {missed} times not")
        for line in found["told"]:
            print(f"  {line}")
