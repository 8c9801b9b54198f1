"""`hollow talk`: a conversation in the terminal, with one character."""

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import IO, Any, Final

from game.cli.folders import folder_of, left_out
from npc.cast import load_backend, load_person
from npc.character import Character, exchange_of
from npc.contract import Ended, Exchange, Perception, Question, Sentence, Understood
from npc.kinds import classify
from npc.models import ModelStore
from npc.past import gesture_in
from npc.personality import Personality, load_personality
from npc.tables import read_text
from npc.trust import CHANGE, START

ASSUMED_PAUSE_S: Final = 3.0
"""Lines that do not come from a keyboard count as spoken so long after the reply before."""
MODEL_THREADS: Final = min(2, os.cpu_count() or 1)
"""Threads of the bundled model: here it has the machine to itself."""
_HELP: Final = """Talk to a character in the terminal. Type what you would say; type what your hands do in
brackets, as [rude] or [palm up]; an empty line is silence. Ctrl-C or Ctrl-D ends it."""
_STATE_HELP: Final = (
    "comma-separated key=value: trust=60, level=gentle|film, place=echo hall, way_out=left tunnel, red glow, "
    "visible=crystal+water, distance_m=1.2, loudness=whisper|normal|shout, faces=2, recording=true, "
    "camera_on=true, ..."
)
_BETWEEN_STATES: Final = re.compile(r",(?=\s*[a-z_]+\s*=)")
"""A comma elsewhere is part of a value."""


class StateError(ValueError):
    """A --state that cannot be understood, in one sentence."""


@dataclass(slots=True)
class Talk:
    """One evening at the terminal."""

    character: str
    seed: int = 0
    trust: float = START
    level: str | None = None
    max_wait_s: float = 2.5
    perception: Perception = field(
        default_factory=lambda: Perception(way_out="left tunnel, red glow", has_stolen_light=True)
    )
    history: list[Exchange] = field(default_factory=list)
    insulted_at_s: float | None = None
    turn: int = 0


def parse_state(text: str, talk: Talk) -> None:
    """Set what ``--state`` says. Raises StateError."""
    known = {f.name: f.type for f in fields(Perception)}
    for part in filter(None, (part.strip(" ,") for part in _BETWEEN_STATES.split(text))):
        key, equals, value = part.partition("=")
        key, value = key.strip(), value.strip()
        if not equals or not value:
            raise StateError(f"--state: '{part}' is not of the form key=value.")
        if key == "trust":
            talk.trust = _number(key, value, 0.0, 100.0)
        elif key == "max_wait_s":
            talk.max_wait_s = _number(key, value, 0.05, 60.0)
        elif key == "level":
            if value not in ("gentle", "film"):
                raise StateError(f"--state: level is gentle or film, not '{value}'.")
            talk.level = value
        elif key in known:
            talk.perception = replace(talk.perception, **{key: _perceived(key, value)})
        else:
            names = ", ".join(sorted({"trust", "level", "max_wait_s", *known}))
            raise StateError(f"--state: '{key}' is not known; known are {names}.")


def _number(key: str, value: str, low: float, high: float) -> float:
    try:
        number = float(value)
    except ValueError:
        raise StateError(f"--state: {key} is a number, not '{value}'.") from None
    if not low <= number <= high:
        raise StateError(f"--state: {key} is from {low:g} to {high:g}, not {value}.")
    return number


def _perceived(key: str, value: str) -> Any:
    default = getattr(Perception(), key)
    if isinstance(default, bool):
        if value.lower() not in ("true", "false", "yes", "no", "on", "off", "1", "0"):
            raise StateError(f"--state: {key} is true or false, not '{value}'.")
        return value.lower() in ("true", "yes", "on", "1")
    if isinstance(default, int):
        return int(_number(key, value, 0, 100))
    if isinstance(default, float):
        return _number(key, value, 0.0, 10_000.0)
    if isinstance(default, tuple):
        return tuple(item.strip() for item in value.split("+") if item.strip())
    if key == "loudness" and value not in ("whisper", "normal", "shout"):
        raise StateError(f"--state: loudness is whisper, normal or shout, not '{value}'.")
    return value


def question_of(talk: Talk, line: str, *, level: str, now_s: float) -> Question:
    """The question that one typed line puts."""
    gesture = gesture_in(line)
    silent = not line.strip() or gesture == "silence"
    perception = talk.perception
    if gesture is not None and not silent:
        perception = replace(perception, gestures=(*perception.gestures, gesture))
    if silent:
        perception = replace(perception, silence_s=max(10.0, perception.silence_s))
    since_s = None if talk.insulted_at_s is None else now_s - talk.insulted_at_s
    return Question(
        turn=talk.turn,
        character=talk.character,
        text="" if silent or gesture is not None else line.strip(),
        gesture="silence" if silent else gesture,
        perception=perception,
        trust=talk.trust,
        history=tuple(talk.history),
        level="gentle" if level == "gentle" else "film",
        seed=talk.seed,
        since_insult_s=since_s,
        max_wait_s=talk.max_wait_s,
    )


def exchange(
    talk: Talk,
    character: Character,
    carer: Character | None,
    line: str,
    *,
    now_s: float,
    traced: bool = False,
) -> dict[str, Any]:
    """One turn: what was said back, and how long it took (the keys of ``--json``). When ``traced``, the key
    "trace" tells how it came about."""
    level = talk.level or character.personality.level
    question = question_of(talk, line, level=level, now_s=now_s)
    talk.turn += 1
    started_s = time.perf_counter()
    understood: Understood | None = None
    sentences: list[Sentence] = []
    first_s: float | None = None
    ended, ended_s = Ended(), 0.0
    for event in character.reply(question):
        match event:
            case Understood():
                understood = event
            case Sentence():
                first_s = first_s if first_s is not None else time.perf_counter() - started_s
                sentences.append(event)
            case Ended():
                # What follows is the character reading ahead: nobody waits for that.
                ended, ended_s = event, time.perf_counter() - started_s
    if understood is None:
        raise RuntimeError("the character did not understand the turn")
    speaker = character.personality.key
    if not sentences and understood.kind == "despair" and carer is not None:
        speaker = carer.personality.key
        sentences = [event for event in carer.reply(question) if isinstance(event, Sentence)]
        first_s = ended_s = time.perf_counter() - started_s
    talk.trust = understood.trust
    if understood.kind != "despair":  # of that, nothing is kept
        talk.history.append(exchange_of(question, sentences, understood.act))
    talk.insulted_at_s = now_s if understood.act in ("insult", "tease") else talk.insulted_at_s
    told: dict[str, Any] = {
        "text": " ".join(sentence.text for sentence in sentences),
        "gesture": next((s.gesture for s in sentences if s.gesture), understood.gesture),
        "actions": [action for sentence in sentences for action in sentence.actions],
        "kind": understood.kind,
        "act": understood.act,
        "mood": understood.mood,
        "trust": round(understood.trust, 1),
        "events": list(understood.events),
        "speaker": speaker,
        "source": sentences[0].source if sentences else "authored",
        "backend": sentences[0].backend if sentences else "authored",
        "checks_failed": [check for sentence in sentences for check in sentence.checks_failed],
        "first_token_s": round(sentences[0].first_token_s, 4) if sentences else None,
        "first_sentence_s": None if first_s is None else round(first_s, 4),
        "total_s": round(ended_s, 4),
        "faults": list(ended.faults),
    }
    if traced:
        told["trace"] = _trace(character, question, told, ended)
    return told


def _trace(character: Character, question: Question, told: dict[str, Any], ended: Ended) -> dict[str, Any]:
    """How a reply came about, for the writer of the character; times in seconds, scores in nats a token."""
    votes = character.personality.dialogue.votes(question.text)
    sure = 1.0 if question.gesture else classify(question.text, votes).confidence
    return {
        "kind": told["kind"],
        "confidence": round(sure, 2),
        "act": told["act"],
        "mood": told["mood"],
        "model": _model(character, told, ended),
        "trust_before": round(question.trust, 1),
        "trust_after": told["trust"],
        "events": {event: CHANGE.get(event, 0.0) for event in told["events"]},
        "candidates": [
            {
                "text": one.text,
                "gesture": one.gesture,
                "score": None if one.score is None else round(one.score, 3),
                "failed": one.failed,
                "ready_s": round(one.ready_s, 3),
                "chosen": one.chosen,
            }
            for one in ended.trace.tried
        ],
        "checks_failed": told["checks_failed"],
        "written": ended.trace.written,
        "first_token_s": told["first_token_s"] if told["source"] == "model" else None,
        "first_sentence_s": told["first_sentence_s"],
        "faults": told["faults"],
    }


def _model(character: Character, told: dict[str, Any], ended: Ended) -> str:
    """What part the model had in a reply."""
    if character.backend is None:
        return "not asked: there is none"
    if ended.trace.unasked:
        return f"not asked: {ended.trace.unasked}"
    asked = "spoke" if told["source"] == "model" else "asked, and a written line spoke"
    if character.backend.voiced and not character.personality.dialogue.teaches_rewording:
        return f"{asked}; was handed no line, for the dialogue has no other wordings"
    return asked


def trace_lines(trace: dict[str, Any]) -> list[str]:
    """The trace of a reply as a writer reads it; the chosen candidate is marked with ``>``."""
    events = "  ".join(f"{event} {change:+g}" for event, change in trace["events"].items())
    lines = [
        _traced("turn", f"{trace['kind']} ({trace['confidence']:.2f})"),
        _traced("does", f"{trace['act']}, {trace['mood']}"),
        _traced("trust", f"{trace['trust_before']:g} -> {trace['trust_after']:g}  {events}".rstrip()),
        _traced("written", trace["written"] or "-"),
        _traced("model", trace["model"]),
    ]
    for one in trace["candidates"]:
        worth = one["failed"] if one["score"] is None else f"{one['score']:+.2f}"
        gesture = f"[{one['gesture']}] " if one["gesture"] else ""
        lines.append(_traced(worth, f"{one['ready_s']:5.2f} s  {gesture}{one['text']}", chosen=one["chosen"]))
    if trace["checks_failed"] and not trace["candidates"]:
        lines.append(_traced("failed", ", ".join(trace["checks_failed"])))
    lines += [
        _traced(
            "times",
            f"first token {_seconds(trace['first_token_s'])}, "
            f"first sentence {_seconds(trace['first_sentence_s'])}",
        ),
        _traced("faults", " ".join(trace["faults"]) or "-"),
    ]
    return lines


def _traced(label: str, text: str, *, chosen: bool = False) -> str:
    return f"  {'>' if chosen else ' '} {label:<11}  {text}"


def _seconds(time_s: float | None) -> str:
    return "-" if time_s is None else f"{time_s:.2f} s"


def _lines(source: IO[str], *, interactive: bool) -> Iterator[str]:
    while True:
        if interactive:
            try:
                yield input("you: ")
            except EOFError:
                print()
                return
        else:
            line = source.readline()
            if not line:
                return
            yield line.rstrip("\r\n")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add ``hollow talk`` to the command line."""
    parser = subparsers.add_parser("talk", help="talk to a character in the terminal", description=_HELP)
    parser.add_argument(
        "personality", nargs="?", default="child", help="a name (child, companion) or a folder"
    )
    parser.add_argument(
        "--json", action="store_true", help="player lines from standard input, one JSON object a reply"
    )
    parser.add_argument("--seed", type=int, default=0, help="the same seed and lines give the same talk")
    parser.add_argument("--state", default="", metavar="KEY=VALUE,...", help=_STATE_HELP)
    parser.add_argument(
        "--backend", metavar="URL", help="an OpenAI-compatible server instead of the bundled model"
    )
    parser.add_argument(
        "--trace", action="store_true", help="how each reply came about, for the writer of the character"
    )
    parser.set_defaults(run=run)
    return parser


def player_lines(path: Path) -> tuple[str, ...]:
    """The player lines of a file, one a line, without empty ones and comments (#). Raises
    PersonalityError."""
    lines = (line.strip() for line in read_text(path).splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def run(args: argparse.Namespace) -> int:
    """Talk until the player ends it; 0. Raises PersonalityError and StateError, one sentence each."""
    interactive = not args.json and sys.stdin.isatty()
    folder = folder_of(args.personality)
    personality, amiss = load_person(folder, ModelStore.default())
    talk = Talk(character=personality.key, seed=args.seed)
    parse_state(args.state, talk)
    honest = personality.honest
    backend, fault = None, None
    if not honest:
        backend, fault = load_backend(
            args.backend, ModelStore.default(), folder=folder, threads=MODEL_THREADS
        )
    if amiss:
        print(amiss, file=sys.stderr)
    for sentence in _beforehand(personality, args.personality, fault, speaks=honest or backend is not None):
        print(sentence, file=sys.stderr)
    character = Character(personality, backend, fault=fault)
    carer = character if honest else Character(load_personality(folder_of("companion")))
    try:
        character.warm()
        if interactive:
            print(f"{personality.name}. {_HELP}\n")
        for line in _lines(sys.stdin, interactive=interactive):
            now_s = time.perf_counter() if interactive else talk.turn * ASSUMED_PAUSE_S
            told = exchange(talk, character, carer, line, now_s=now_s, traced=args.trace)
            if args.json:
                print(json.dumps(told, ensure_ascii=False), flush=True)
            else:
                _show(told)
    except KeyboardInterrupt:
        if not interactive:
            raise
        print()  # the customary way to leave a terminal conversation
    finally:
        character.close()
    return 0


def _beforehand(personality: Personality, name: str, fault: str | None, *, speaks: bool) -> Iterator[str]:
    """What the writer of the character should know before the talk, a sentence each."""
    if personality.notes:
        yield left_out(personality, name)
    if fault:
        yield fault
    elif not speaks:
        yield (
            f"{personality.key} has no adapter: the written lines speak (hollow personality train {name})."
        )


def _show(told: dict[str, Any]) -> None:
    gesture = f"[{told['gesture']}] " if told["gesture"] else ""
    print(f"{told['speaker']}: {gesture}{told['text']}")
    if told["actions"]:
        print(f"    ({', '.join(told['actions'])})")
    for row in trace_lines(told["trace"]) if "trace" in told else ():
        print(row)
