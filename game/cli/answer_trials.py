"""Voice to voice: how soon the Child answers, from the end of the player's speech to the first sample of the
answer, everything running but the drawing; the game's way and the plain way by turns, in one run.

The plain way is what one would put together first: 0.7 s of silence end a turn, then Whisper hears it in its
window of 30 s, then the whole reply is written, then all of it becomes sound.
"""

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from game.app import Stand, play
from game.cli.answer_stand import (
    LINES,
    ORDER,
    SPOKEN,
    Began,
    WatchedMixer,
    run_stand_eyes,
    run_stand_mind,
)
from game.cli.echo_stand import recorded_sentences
from game.cli.spoken import SPEAKERS, Speech, level_dbfs
from game.cli.word_errors import word_errors, words_of
from game.clock import EAR_RATE, ClockKind
from game.plan import PlaySettings
from game.sense.audio_source import Samples
from game.sense.evening_log import read_log
from game.sense.observations import Heard, Observation, SentenceSpoken, TurnUnderstood
from game.sense.voice_activity import WINDOW, SileroModel, VoiceActivity

_SPEECH_DBFS: Final = -24.0
_LONGEST_S: Final = 6.0
"""Recordings longer than this are left out: a run should hold many answers."""
_LINE_S: Final = 40.0
"""A line and its answer, at the very most."""
_BEFORE_S: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something to say to the Child."""

    text: str
    sound: Samples
    end_s: float
    """Where the voice ends, from the sound's start."""


@dataclass(slots=True)
class Answer:
    """One line and what came of it; times in seconds from the end of the voice, None where there was none."""

    text: str
    plain: bool
    heard: str = ""
    told: int = 0
    """Turns that the ears made of it."""
    rejoined: int = 0
    """Of them, those that replaced one before."""
    reply: str = ""
    source: str = ""
    turn_over_s: float | None = None
    transcript_s: float | None = None
    first_token_s: float | None = None
    sentence_s: float | None = None
    """The answer's first sentence has its sound."""
    first_audio_s: float | None = None
    first_sound_s: float | None = None
    """Any sound of a character's mouth, a reaction or the answer."""
    gaps_s: list[float] = field(default_factory=list)
    """Between the sounds of one sentence that came in parts."""
    between_s: list[float] = field(default_factory=list)
    """Between a sentence and the next."""

    @property
    def split(self) -> bool:
        return self.told > 1

    def document(self) -> dict[str, Any]:
        times = {
            name: None if (value := getattr(self, name)) is None else round(value, 3)
            for name in ("turn_over_s", "transcript_s", "first_token_s", "sentence_s", "first_audio_s",
                         "first_sound_s")
        }  # fmt: skip
        return {
            "text": self.text, "heard": self.heard, "told": self.told, "rejoined": self.rejoined,
            "reply": self.reply, "source": self.source, **times,
            "gaps_s": self.gaps_s, "between_s": self.between_s,
        }  # fmt: skip


@dataclass(slots=True)
class Answers:
    """All lines of a run, and the machine that it ran on."""

    rows: list[Answer] = field(default_factory=list)
    load_before: float | None = None
    load_after: float | None = None
    camera_per_s: float = 0.0
    hands_share: float = 0.0
    main_thread_ms: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """The keys of ``answers`` in the bench's document."""
        return {
            "game": _summary([row for row in self.rows if not row.plain]),
            "plain": _summary([row for row in self.rows if row.plain]),
            "cores": os.cpu_count(),
            "load_before": self.load_before,
            "load_after": self.load_after,
            "camera_per_s": round(self.camera_per_s, 1),
            "hands_share": round(self.hands_share, 3),
            "main_thread_ms": self.main_thread_ms,
            "faults": self.faults,
        }


def _summary(rows: Sequence[Answer]) -> dict[str, Any]:
    said = [words_of(row.text) for row in rows]
    errors = sum(word_errors(words, words_of(row.heard)) for words, row in zip(said, rows, strict=True))
    return {
        "lines": len(rows),
        "answered": sum(row.first_audio_s is not None for row in rows),
        "voice_to_voice_s": _spread([row.first_audio_s for row in rows]),
        "first_sound_s": _spread([row.first_sound_s for row in rows]),
        "stages_s": {
            "turn_over": _spread([row.turn_over_s for row in rows]),
            "transcript": _spread([row.transcript_s for row in rows]),
            "first_token": _spread([row.first_token_s for row in rows]),
            "sentence": _spread([row.sentence_s for row in rows]),
        },
        "gap_s": _spread([gap for row in rows for gap in row.gaps_s]),
        "between_s": _spread([gap for row in rows for gap in row.between_s]),
        "split": sum(row.split for row in rows),
        "rejoined": sum(row.split and row.told - row.rejoined == 1 for row in rows),
        "wer": round(errors / max(1, sum(len(words) for words in said)), 4),
        "by_model": sum(row.source == "model" for row in rows),
        "rows": [row.document() for row in rows],
    }


def _load() -> float | None:
    """Programs that wanted a processor in the last minute; None where the system does not tell."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _spread(values: Sequence[float | None]) -> dict[str, float] | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    p50, p95 = np.percentile(known, (50.0, 95.0))
    return {"p50": round(float(p50), 3), "p95": round(float(p95), 3), "max": round(max(known), 3)}


def recorded_lines(folder: Path) -> list[Line]:
    """Recordings of a folder with their words (see `recorded_sentences`), those that are not too long."""
    found = [_line(one.text.strip(), one.sound) for one in recorded_sentences(folder)]
    return [line for line in found if len(line.sound) <= _LONGEST_S * EAR_RATE]


def made_lines(speech: Speech, texts: Sequence[str], count: int) -> list[Line]:
    """Texts said by made voices, one after the other."""
    rng = np.random.default_rng(5)
    chosen = [texts[int(k)] for k in rng.permutation(len(texts))[:count]]
    lines = []
    for number, text in enumerate(chosen):
        spoken = text[:1].upper() + text[1:] + ("" if text[-1] in ".?!" else ".")
        lines.append(_line(text, speech.say(SPEAKERS[number % len(SPEAKERS)], spoken)))
    return lines


def _line(text: str, sound: Samples) -> Line:
    sound = (sound * 10 ** ((_SPEECH_DBFS - level_dbfs(sound)) / 20)).astype(np.float32)
    return Line(text=text, sound=sound, end_s=voice_end_s(sound))


def voice_end_s(sound: Samples) -> float:
    """Where the voice in a recording ends, by voice activity on the recording alone, seconds."""
    padded = np.pad(sound, (0, EAR_RATE // 2))
    windows = VoiceActivity(SileroModel()).feed(padded)
    last = max((k for k, window in enumerate(windows) if window.speaking), default=len(windows) - 1)
    return min(len(sound), (last + 1) * WINDOW) / EAR_RATE


def order_of(count: int) -> list[tuple[int, bool]]:
    """Each line once each way, by turns, so that neither way always comes first."""
    return [(k, plain) for k in range(count) for plain in ((False, True) if k % 2 == 0 else (True, False))]


def answers(lines: Sequence[Line], camera: Path | None, told: Callable[[str], None]) -> Answers:
    """Says every line to the Child in both ways. Raises PlayError, and OSError for a camera that is no
    file."""
    if camera is not None and not camera.is_file():
        raise OSError(f"There is no clip {camera}.")
    found = Answers(load_before=_load())
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        np.savez(folder / LINES, **{f"said_{k}": line.sound for k, line in enumerate(lines)})  # type: ignore[arg-type]
        (folder / ORDER).write_text(json.dumps(order_of(len(lines))), encoding="utf-8")
        mixer = WatchedMixer(seed=1)
        settings = PlaySettings(
            camera="off" if camera is None else str(camera), microphone=str(folder), display="none",
            clock=ClockKind.REAL, seed=1, seconds=_LINE_S * 2 * len(lines),
            report=folder / "report.json", log=folder / "evening.jsonl",
        )  # fmt: skip
        play(settings, Stand(eyes=run_stand_eyes, mind=run_stand_mind, mixer=mixer))
        spoken = [json.loads(row) for row in (folder / SPOKEN).read_text(encoding="utf-8").splitlines()]
        evening = read_log(folder / "evening.jsonl")
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    news = [one for tick in sorted(evening.ticks) for one in evening.ticks[tick]]
    for row, following in zip(spoken, [*spoken[1:], None], strict=True):
        until_s = following["start_s"] if following is not None else float("inf")
        answer = judged(row, lines[row["line"]], news, mixer.began, until_s)
        told(f"{'plain' if answer.plain else 'game'}: {json.dumps(answer.document())}")
        found.rows.append(answer)
    found.load_after = _load()
    found.camera_per_s = report["frames"]["camera"] / max(1.0, report["seconds"])
    found.hands_share = report["frames"]["with_hands"] / max(1, report["frames"]["camera"])
    found.main_thread_ms = report["main_thread_ms"]
    found.faults = [fault["what"] for fault in report["faults"]]
    return found


def judged(
    row: dict[str, Any], line: Line, news: Sequence[Observation], began: Sequence[Began], until_s: float
) -> Answer:
    """What came of one line: of everything that was told and heard from its start until the next line."""
    start_s = float(row["start_s"])
    end_s = start_s + line.end_s
    answer = Answer(text=line.text, plain=bool(row["plain"]))
    mine = [one for one in news if start_s <= one.at_s < until_s]
    heards: dict[int, Heard] = {}
    understood: set[int] = set()
    sentences: dict[str, SentenceSpoken] = {}
    for one in mine:
        match one:
            case Heard():
                answer.told += 1
                if one.extends is not None:
                    answer.rejoined += heards.pop(one.extends, None) is not None
                heards[one.utterance] = one
            case TurnUnderstood():
                understood.add(one.turn)
            case SentenceSpoken():
                sentences[one.clip] = one
            case _:
                pass
    answer.heard = " ".join(one.text for one in heards.values())
    if heards:
        last = list(heards.values())[-1]
        answer.transcript_s = last.at_s - end_s
        answer.turn_over_s = answer.transcript_s - last.transcript_s
    epoch_s = float(row["epoch_s"])
    before: SentenceSpoken | None = None
    before_until_s = 0.0
    for sound in began:
        at_s = sound.at_s - epoch_s - end_s
        if at_s < _BEFORE_S or sound.at_s - epoch_s >= until_s or sound.bus == "sound":
            continue
        answer.first_sound_s = at_s if answer.first_sound_s is None else answer.first_sound_s
        sentence = sentences.get(sound.clip)
        if sentence is None or sentence.turn not in understood:
            continue
        if before is None:
            answer.first_audio_s = at_s
            _spoken(answer, [one for one in sentences.values() if one.turn == sentence.turn], end_s)
        elif before.turn != sentence.turn:
            break
        else:
            gaps = answer.gaps_s if sentence.goes_on else answer.between_s
            gaps.append(round(at_s - before_until_s, 3))
        before, before_until_s = sentence, at_s + sentence.duration_s
    return answer


def _spoken(answer: Answer, reply: Sequence[SentenceSpoken], end_s: float) -> None:
    """Notes what was answered, and when it stood ready."""
    first = reply[0]
    answer.sentence_s = first.at_s - end_s
    answer.reply = " ".join(one.text for one in reply)
    model = next((one for one in reply if one.source == "model"), None)
    answer.source = "model" if model is not None else first.source
    if model is not None:
        answer.first_token_s = model.at_s - model.ready_s + model.first_token_s - end_s
