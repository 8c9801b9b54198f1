"""A personality: a folder of plain text that anybody can write, read with suspicion.

personality.toml says who it is; policy.toml what it does; lines.toml what it surely says; dialogue/ how it
talks; voice.toml how it sounds. Nothing in it is ever run, no address in it is ever fetched.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from npc.contract import Level
from npc.dialogue import Dialogue, Line, load_dialogue
from npc.folder import DIALOGUE, check_folder
from npc.kinds import Kind
from npc.lines_file import read_line, read_lines, sayable
from npc.tables import PersonalityError, Table, read_toml
from npc.text import listed, plain
from npc.trust import BANDS

ACTIONS: Final = frozenset({"lead", "point_way", "hide", "come_close", "block", "give_light", "none"})
"""All that a character can do to the world; the world checks again."""

ACTS: Final = listed(
    """insult tease withhold test hint tell_way lead comfort ask_back answer small_talk deflect surprise
    goodbye"""
)

DARES: Final = listed(
    """whisper shout silence palm_up point thumb_up rude palm_out call insult kindness name come_close"""
)
"""What the character can see or hear for itself, and so may dare the player to do."""

_NAME: Final = re.compile(r"^[a-z][a-z0-9_]{0,39}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRule:
    """How an act looks and what it does."""

    gestures: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    """Names of facts that the act may say: way_out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadRule:
    """When it gives in and leads. Zero switches a way off."""

    insults: int = 0
    """So many different insults of an evening."""
    kind_words: int = 0
    palms: int = 0
    """So many times a palm held up."""
    way_asked: int = 0
    """So many askings in a row: the last of them does not fail."""
    not_in: tuple[str, ...] = ()
    """Scenes in which it neither leads nor tells the way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dare:
    """Something that the player is dared to do, and that the character can check itself."""

    check: str
    """One of ``DARES``."""
    lines: tuple[str, ...]
    done: tuple[str, ...]
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    acts_by_kind: Mapping[str, Mapping[str, Mapping[str, float]]]
    """kind -> mood -> act -> weight."""
    acts: Mapping[str, ActRule]
    lead: LeadRule
    reactions: Mapping[str, tuple[str, ...]]
    """kind -> gestures shown at once, before a word is spoken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceSettings:
    """How the voice is made from the speech model's."""

    speed: float = 1.0
    """1 is the model's own; above is faster."""
    pitch_semitones: float = 0.0
    formant_ratio: float = 1.0
    """Size of the throat: above 1 is smaller."""
    tremble_hz: float = 0.0
    tremble_depth: float = 0.0
    """0 to 1, of loudness and pitch."""
    shimmer: float = 0.0
    """0 to 1: a halo an octave above."""
    warmth_db: float = 0.0
    clarity_db: float = 0.0
    breath: float = 0.0
    """0 to 1: air that is heard with the voice."""
    room: float = 0.0
    """0 to 1."""
    expression: float = 0.667
    rhythm: float = 0.8
    loudness_lufs: float = -20.0
    """Of every sentence by itself, as EBU R128 measures it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Personality:
    """Everything about one character."""

    key: str
    """Name of its folder."""
    name: str
    names: tuple[str, ...]
    """Names that the player may call it by, in plain words."""
    about: str
    honest: bool
    """Answers about software, camera and microphone are true and plain; otherwise it deflects in its role."""
    level: Level
    moody: bool
    """False: always the same mood, whatever the trust."""
    gestures: frozenset[str]
    actions: frozenset[str]
    prompt: str
    unseen: tuple[str, ...]
    """What it cannot see, in plain words."""
    place_nouns: tuple[str, ...]
    """In plain words."""
    policy: Policy
    lines: Mapping[str, tuple[Line, ...]]
    """Authored lines by dotted key, as "reply.insult.hostile"."""
    dares: tuple[Dare, ...]
    dialogue: Dialogue
    voice: VoiceSettings = field(default_factory=VoiceSettings)
    notes: tuple[str, ...] = ()
    """Lines that were left out on loading, and why; for the writer of the personality."""


def _weights(table: Table, acts: frozenset[str]) -> dict[str, float]:
    weights = {act: table.number(act, low=0.0, high=100.0) for act in table if act in acts}
    unknown = next((act for act in table if act not in acts), None)
    if unknown is not None:
        raise PersonalityError(
            f"{table.where}: '{unknown[:40]}' is no act; acts are {', '.join(sorted(acts))}."
        )
    if not any(weights.values()):
        raise PersonalityError(f"{table.where}: expected at least one act with a weight above 0, found none.")
    return weights


def _policy(top: Table, gestures: frozenset[str], actions: frozenset[str]) -> Policy:
    kinds = top.table("kinds", needed=True)
    by_kind: dict[str, dict[str, dict[str, float]]] = {}
    for kind in kinds:
        if kind not in {str(k) for k in Kind}:
            raise PersonalityError(f"{kinds.where}: '{kind[:40]}' is no kind of turn.")
        moods = kinds.table(kind)
        if not list(moods):
            raise kinds.complain(kind, f"a table with a mood ({', '.join(BANDS)}, any) in it")
        for mood in moods:
            if mood not in (*BANDS, "any"):
                raise PersonalityError(
                    f"{moods.where}: '{mood[:40]}' is no mood; moods are {', '.join(BANDS)}, any."
                )
        by_kind[kind] = {mood: _weights(moods.table(mood), ACTS) for mood in moods}
    if "off_topic" not in by_kind:
        raise PersonalityError(f"{kinds.where}: off_topic: expected a table, found nothing.")
    rules = top.table("acts")
    acts: dict[str, ActRule] = {}
    for act in rules:
        if act not in ACTS:
            raise PersonalityError(f"{rules.where}: '{act[:40]}' is no act.")
        rule = rules.table(act)
        acts[act] = ActRule(
            gestures=rule.choices("gestures", gestures),
            actions=rule.choices("actions", actions),
            facts=rule.choices("facts", frozenset({"way_out"})),
        )
        rule.finish()
    lead = top.table("lead")
    reactions = top.table("reactions")
    for kind in reactions:
        if kind not in set(Kind):
            raise PersonalityError(f"{reactions.where}: '{kind[:40]}' is no kind of turn.")
    policy = Policy(
        acts_by_kind=by_kind,
        acts=acts,
        lead=LeadRule(
            insults=lead.count("insults", 0, high=20),
            kind_words=lead.count("kind_words", 0, high=20),
            palms=lead.count("palms", 0, high=20),
            way_asked=lead.count("way_asked", 0, high=20),
            not_in=lead.texts("not_in", ()),
        ),
        reactions={key: reactions.choices(key, gestures) for key in reactions},
    )
    lead.finish()
    top.finish()
    return policy


def _plain_words(top: Table, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
    """A list of words or phrases, each in the plain form in which sayings are compared."""
    written = top.texts(key, default)
    for text in written:
        if not plain(text) and text not in default:
            raise PersonalityError(f"{top.where}: {key}: expected words in a-z, found '{text[:40]}'.")
    return tuple(dict.fromkeys(plain(text) for text in written if plain(text)))


def _dares(top: Table, gestures: frozenset[str]) -> tuple[Dare, ...]:
    dares = top.table("dares")
    result = []
    for check in dares:
        if check not in DARES:
            raise PersonalityError(
                f"{dares.where}: '{check[:40]}' cannot be checked; dares are {', '.join(sorted(DARES))}."
            )
        dare = dares.table(check)
        parts = {part: dare.texts(part) for part in ("lines", "done", "failed")}
        for part, texts in parts.items():
            if not texts:
                raise dare.complain(part, "a line or several")
            for text in texts:
                if read_line(f"{dare.where}: {part}", text, gestures).marked:
                    raise PersonalityError(
                        f"{dare.where}: {part}: expected words without marks, for a dare is known again by "
                        f"them, found '{text[:60]}'."
                    )
        result.append(Dare(check=check, lines=parts["lines"], done=parts["done"], failed=parts["failed"]))
        dare.finish()
    return tuple(result)


def load_voice(path: Path) -> VoiceSettings:
    """The settings of a voice.toml. Raises PersonalityError."""
    top = read_toml(path)
    settings = VoiceSettings(
        speed=top.number("speed", 1.0, low=0.5, high=2.0),
        pitch_semitones=top.number("pitch_semitones", 0.0, low=-12, high=12),
        formant_ratio=top.number("formant_ratio", 1.0, low=0.6, high=1.7),
        tremble_hz=top.number("tremble_hz", 0.0, low=0, high=30),
        tremble_depth=top.number("tremble_depth", 0.0, low=0, high=1),
        shimmer=top.number("shimmer", 0.0, low=0, high=1),
        warmth_db=top.number("warmth_db", 0.0, low=-12, high=12),
        clarity_db=top.number("clarity_db", 0.0, low=-12, high=12),
        breath=top.number("breath", 0.0, low=0, high=1),
        room=top.number("room", 0.0, low=0, high=1),
        expression=top.number("expression", 0.667, low=0, high=1.5),
        rhythm=top.number("rhythm", 0.8, low=0, high=1.5),
        loudness_lufs=top.number("loudness_lufs", -20.0, low=-40, high=-12),
    )
    top.finish()
    return settings


def load_personality(path: Path) -> Personality:
    """The personality in the folder ``path``. Raises PersonalityError: file, place, found, expected."""
    check_folder(path)
    top = read_toml(path / "personality.toml")
    gestures = frozenset(top.texts("gestures"))
    for gesture in gestures:
        if not _NAME.match(gesture):
            raise PersonalityError(
                f"{top.where}: gestures: '{gesture[:30]}' is no name (small letters and _)."
            )
    actions = frozenset(top.choices("actions", ACTIONS))
    level = top.text("level", "film")
    if level not in ("gentle", "film"):
        raise top.complain("level", "gentle or film")
    name = top.text("name", at_most=60)
    place_nouns = _plain_words(top, "place_nouns", ())
    unseen = _plain_words(top, "unseen", ())
    lines_table = read_toml(path / "lines.toml")
    lines = read_lines(lines_table, gestures, ACTS)
    dares = _dares(lines_table, gestures)
    lines_table.finish()
    for dare in dares:
        for part, texts in (("lines", dare.lines), ("done", dare.done), ("failed", dare.failed)):
            lines[f"dares.{dare.check}.{part}"] = tuple(Line.parse(text) for text in texts)
    honest = top.flag("honest", False)
    lines, left_out = sayable(lines, honest, unseen)
    policy = _policy(read_toml(path / "policy.toml"), gestures, actions)
    voice_path = path / "voice.toml"
    voice = load_voice(voice_path) if voice_path.exists() else VoiceSettings()
    names = _plain_words(top, "names", (name,))
    about, prompt, moody = top.text("about"), top.text("prompt"), top.flag("moody", True)
    top.finish()
    # Last, because it takes longest: what is amiss in the small files is told at once.
    dialogue, notes = load_dialogue(
        path / DIALOGUE,
        gestures=gestures,
        acts=ACTS,
        unseen=unseen,
        place_nouns=place_nouns,
        honest=honest,
    )
    return Personality(
        key=path.name,
        name=name,
        names=names,
        about=about,
        honest=honest,
        level="gentle" if level == "gentle" else "film",
        moody=moody,
        gestures=gestures,
        actions=actions,
        prompt=prompt,
        unseen=unseen,
        place_nouns=place_nouns,
        policy=policy,
        lines=lines,
        dares=dares,
        dialogue=dialogue,
        voice=voice,
        notes=(*left_out, *notes),
    )
