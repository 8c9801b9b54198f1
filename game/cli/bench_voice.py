"""``hollow bench voice``: how well this machine hears and how soon it answers, on speech that is made here
and on recordings.

Each part measures one thing in a module of its own and adds its keys to the document: commands, pauses,
answers.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from game.budget import budget
from game.cli.command_trials import Bench, Score, commands_suite, free_sound, talk
from game.cli.other_voices import voices_to_measure
from game.cli.pause_trials import halves, pauses
from game.cli.recordings import sounds_in
from game.cli.spoken import SPEAKERS, Noise, Speech, made_noise, recorded_noise
from game.sense.commands_file import CommandSet, load_commands
from game.sense.spotters import Recogniser
from game.sense.transcriber import WhisperTranscriber
from npc.assets import asset
from npc.models import ModelStore

_PAUSES_S: Final = (0.3, 0.5, 0.7)


def add_parser(kinds: Any) -> None:
    """Adds ``voice`` to ``bench``."""
    command: argparse.ArgumentParser = kinds.add_parser(
        "voice",
        help="how many commands are found, how many sentences taken apart, how soon the Child answers",
        description="Says every command with made voices, in quiet and in noise, and counts how many are "
        "found, how long after their end, and how many are found where none was said: in the sounds of "
        "FOLDER (which should hold no commands), and in conversation made of the Child's dialogue. With "
        "--pauses it says sentences with a pause in them and counts those that are taken apart. With "
        "--answers it plays, everything running but the drawing, and tells how soon the Child answers.",
    )
    command.add_argument(
        "folder", metavar="FOLDER", type=Path, nargs="?", help="recordings of free speech and of noise"
    )
    command.add_argument("--speakers", type=int, default=len(SPEAKERS), metavar="N",
                         help=f"made voices, 0 to {len(SPEAKERS)} (all)")  # fmt: skip
    command.add_argument("--others", action="store_true",
                         help="also voices that nothing was trained on, where flite has them")  # fmt: skip
    command.add_argument("--noise-db", type=float, nargs="*", default=[10.0], metavar="DB",
                         help="speech over noise (10)")  # fmt: skip
    command.add_argument("--talk-minutes", type=float, default=0.0, metavar="M",
                         help="of made conversation (0)")  # fmt: skip
    command.add_argument("--recogniser", type=Recogniser, choices=list(Recogniser),
                         default=Recogniser.SOUNDS,
                         help="of commands: by sound, or the simpler one by grammar (sounds)")  # fmt: skip
    command.add_argument("--pauses", type=int, default=0, metavar="N",
                         help="sentences with a pause of 0.3, 0.5 and 0.7 s in them (0)")  # fmt: skip
    command.add_argument("--answers", type=int, default=0, metavar="N",
                         help="lines said to the Child in real time, in the game's way and in the plain one: "
                         "recordings of FOLDER where it has transcripts.tsv, else made (0)")  # fmt: skip
    command.add_argument("--camera", type=Path, metavar="CLIP", help="hands to follow meanwhile")
    command.add_argument(
        "--list", action="store_true", help="also tell what was missed and invented, as it goes"
    )
    command.add_argument("--json", action="store_true", help="one JSON document")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measures and tells; 0 whether or not the bars are met. Raises what `main` turns into a sentence."""
    if not 0 <= options.speakers <= len(SPEAKERS):
        raise ValueError(
            f"--speakers: a number from 0 to {len(SPEAKERS)} is expected, not {options.speakers}."
        )
    for name in ("pauses", "answers"):
        if (count := getattr(options, name)) < 0:
            raise ValueError(f"--{name}: a number from 0 is expected, not {count}.")
    if options.folder is not None and not sounds_in(options.folder):
        raise ValueError(f"The folder {options.folder} holds no sound file.")
    started = time.perf_counter()
    told = (lambda line: print(line, file=sys.stderr, flush=True)) if options.list else (lambda line: None)
    store = ModelStore.default()
    commands = load_commands(asset("commands.toml"))
    speech = Speech(store)
    document: dict[str, Any] = {}
    # First, while nothing else fills this machine's memory.
    if options.answers:
        document["answers"] = _answers(options, commands, speech, told)
    if options.speakers or options.folder is not None or options.talk_minutes or options.pauses:
        transcriber = WhisperTranscriber(store.folder("whisper-base"), threads=budget().hearing)
        document |= _commands(options, commands, transcriber, store, speech, told)
        if options.pauses:
            sentences = halves(speech, player_lines(), options.pauses)
            found = pauses(transcriber, sentences, _PAUSES_S, told)
            document["pauses"] = {name: score.document() for name, score in found.items()}
    document["wall_s"] = round(time.perf_counter() - started, 1)
    if options.json:
        print(json.dumps(document, indent=1))
    else:
        _tell(document)
    return 0


def _commands(
    options: argparse.Namespace, commands: CommandSet, transcriber: WhisperTranscriber, store: ModelStore,
    speech: Speech, told: Callable[[str], None],
) -> dict[str, Any]:  # fmt: skip
    bench = Bench(commands, transcriber, store, options.recogniser)
    speakers = [*SPEAKERS[: options.speakers], *(voices_to_measure() if options.others else ())]
    recorded = recorded_noise(sounds_in(options.folder)) if options.folder is not None else None
    noises = [Noise(name=f"db{db:g}", sound=recorded if recorded is not None else made_noise(), db=db)
              for db in options.noise_db]  # fmt: skip
    scores: dict[str, Score] = commands_suite(bench, speech, speakers, noises, told) if speakers else {}
    if options.folder is not None and not options.answers:
        scores["free"] = free_sound(bench, options.folder, told)
    if options.talk_minutes > 0.0:
        scores["talk"] = talk(bench, speech, SPEAKERS, player_lines(), options.talk_minutes * 60.0, told)
    return {
        "recogniser": str(options.recogniser),
        "commands": {name: score.document() for name, score in scores.items()},
        "noise": "recorded" if recorded is not None else "made",
        "faults": bench.faults,
    }


def _answers(
    options: argparse.Namespace, commands: CommandSet, speech: Speech, told: Callable[[str], None]
) -> dict[str, Any]:
    # Imported here: whoever measures recognisers needs no game.
    from game.cli.answer_trials import answers, made_lines, recorded_lines

    if options.folder is not None:
        lines = recorded_lines(options.folder)[: options.answers]
    else:
        texts = [line for line in player_lines() if commands.by_text(line) is None and line[0] != "["]
        lines = made_lines(speech, texts, options.answers)
    if not lines:
        raise ValueError(f"The folder {options.folder} holds no line that is short enough.")
    return answers(lines, options.camera, told).document()


def player_lines() -> list[str]:
    """What players say in the dialogue that the Child was written with."""
    from npc.personality import load_personality

    dialogue = load_personality(asset("personalities/child")).dialogue
    return sorted({one.player for one in dialogue.told if one.player})


def _tell(document: dict[str, Any]) -> None:
    for way in ("game", "plain"):
        if "answers" in document:
            _tell_way(way, document["answers"][way])
    for name, row in document.get("pauses", {}).items():
        print(
            f"pauses of {name[1:]} s: {row['split']} of {row['said']} split, {row['rejoined']} joined again"
        )
    for name, row in document.get("commands", {}).items():
        if row["said"]:
            delay = row["delay_ms"] or {"p50": 0, "p95": 0}
            times = f"p50 {delay['p50']:.0f} and p95 {delay['p95']:.0f} ms after the word"
            print(
                f"{name:8} found {100 * row['found']:5.1f} % of {row['said']}, {times}; "
                f"invented {row['false']}, kept {row['false_kept']}"
            )
        else:
            print(
                f"{name:8} {row['seconds'] / 60:.1f} minutes without commands: invented {row['false']}, "
                f"kept {row['false_kept']}"
            )
        for kind in ("missed", "invented"):
            if row[kind]:
                print(f"         {kind}: " + ", ".join(f"{what} {n}" for what, n in row[kind].items()))
    print(f"{document['wall_s']} s")


def _tell_way(way: str, row: dict[str, Any]) -> None:
    times = {
        "voice to voice": row["voice_to_voice_s"],
        "first sound": row["first_sound_s"],
        **row["stages_s"],
    }
    told = ", ".join(
        f"{name.replace('_', ' ')} {spread['p50']:.2f} ({spread['p95']:.2f})"
        for name, spread in times.items()
        if spread is not None
    )
    print(
        f"{way:5} {row['answered']} of {row['lines']} lines answered; "
        f"seconds after the voice, p50 (p95): {told}; "
        f"{row['split']} split, {row['rejoined']} joined again; word error rate {100 * row['wer']:.1f} %"
    )
