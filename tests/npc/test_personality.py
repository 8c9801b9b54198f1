"""A personality is a folder that a stranger wrote: errors say where, hostile files do no harm."""

import re
import shutil
from pathlib import Path

import pytest

from game.interpret.intents import Action
from game.world import idle, story
from npc.authored import fill
from npc.cast import load_cast
from npc.kinds import Kind
from npc.line_keys import unknown
from npc.personality import ACTS, load_personality
from npc.situation import _ABOUT, _ASKED, _KIND_SUBS, _META, _OF_PLAYER
from npc.tables import PersonalityError
from npc.wording import choices
from tests.npc.fakes import PERSONALITIES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PERSONALITIES / "child", tmp_path / "mine"))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("key", ["child", "companion"])
def test_shipped_personalities_load(key: str) -> None:
    personality = load_personality(PERSONALITIES / key)
    assert personality.key == key
    assert personality.lines


def test_the_shipped_dialogue_says_nothing_that_the_child_could_never_say() -> None:
    personality = load_personality(PERSONALITIES / "child")
    assert personality.notes == ()
    assert len(personality.dialogue) > 900


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("personality.toml", 'name = "the Alien Child"', "name = 3", r"name: expected a text, found 3"),
        ("personality.toml", "moody = true", "modey = true", r"'modey' is not known here"),
        ("personality.toml", '"lead", "point_way"', '"delete_files"', r"actions: .*'delete_files'"),
        ("personality.toml", 'level = "film"', 'level = "filthy"', r"level: expected gentle or film"),
        ("personality.toml", "moody = true", "moody = ", r"line \d+"),
        ("policy.toml", "insult = 4, tease = 2", "insult = 4, sing = 2", r"'sing' is no act"),
        ("policy.toml", "[kinds.greeting]", "[kinds.greetings]", r"'greetings' is no kind"),
        ("policy.toml", "[kinds.greeting]\nhostile", "[kinds.greeting]\nangry", r"'angry' is no mood"),
        ("policy.toml", "insults = 3", 'insults = "many"', r"insults: expected a whole number"),
        (
            "policy.toml",
            "[reactions]\ngreeting",
            "[reactions]\ngreetings",
            r"reactions: 'greetings' is no kind",
        ),
        ("personality.toml", '"alien child", ', '"!!!", ', r"names: expected words in a-z, found '!!!'"),
        (
            "lines.toml",
            "[lines.reply.greeting]",
            "[lines.reply.greting]",
            r"'reply.greting.hostile' is asked for by nothing; nearest is 'reply.greeting.hostile'",
        ),
        (
            "lines.toml",
            "[lines.reply.love]\nany",
            "[lines.reply.love]\nwarry",
            r"'reply.love.warry' .* nearest is 'reply.love.wary'",
        ),
        ("lines.toml", "theft_after = ", "theft_aftr = ", r"'theft_aftr' .* nearest is 'theft_after'"),
        ("lines.toml", "theft_after = ", "zzz = ", r"'zzz' is asked for by nothing\."),
        ("lines.toml", "theft_after = [", "theft_after = [3, ", r"theft_after: expected a list of texts"),
        (
            "lines.toml",
            "[lines.reply.love]\nany = ",
            "[lines.reply.love]\nany.a.b.c = ",
            r"any: a: expected a list of texts",
        ),
        ("lines.toml", "[stare] What {are you", "[dance] What {are you", r"gesture 'dance'.*come_close"),
        ("lines.toml", "Still {way_side}", "Still {password}", r"slot '\{password\}'"),
        ("lines.toml", "[dares.whisper]", "[dares.fly]", r"'fly' cannot be checked"),
        ("voice.toml", "pitch_semitones = ", "pitch_semitones = 9", r"pitch_semitones: expected a number"),
    ],
)
def test_an_error_names_file_place_and_what_was_expected(
    folder: Path, file: str, old: str, new: str, words: str
) -> None:
    change(folder / file, old, new)
    with pytest.raises(PersonalityError, match=words) as error:
        load_personality(folder)
    assert file in str(error.value)


def test_a_kind_without_moods_is_refused(folder: Path) -> None:
    (folder / "policy.toml").write_text("[kinds.off_topic]\nany = { tease = 1 }\n[kinds.greeting]\n")
    with pytest.raises(
        PersonalityError, match=r"policy\.toml: kinds: greeting: expected a table with a mood"
    ):
        load_personality(folder)


def test_words_are_taken_however_they_are_written(folder: Path) -> None:
    top = folder / "personality.toml"
    change(top, '"alien child", "child"', '"Zoë", "The Alien-Child", "zoe"')
    change(top, 'unseen = ["hat"', 'unseen = ["T-Shirt\'s", "Hat"')
    change(top, 'place_nouns = ["bridge"', 'place_nouns = ["Bridge"')
    personality = load_personality(folder)
    assert personality.names[:2] == ("zoe", "the alien child")
    assert personality.names.count("zoe") == 1
    assert personality.unseen[:2] == ("t shirts", "hat")
    assert personality.place_nouns[0] == "bridge"


def test_a_name_without_latin_letters_is_no_fault(folder: Path) -> None:
    top = folder / "personality.toml"
    change(top, 'name = "the Alien Child"', 'name = "Ай"')
    text = re.sub(r"^names = .*\n", "", top.read_text(encoding="utf-8"), flags=re.MULTILINE)
    top.write_text(text, encoding="utf-8")
    assert load_personality(folder).names == ()


def test_the_opening_word_well_names_no_place() -> None:
    assert "well" not in load_personality(PERSONALITIES / "child").place_nouns


ROOT = PERSONALITIES.parents[1]


def test_every_key_that_is_asked_for_is_known() -> None:
    asked = {
        key
        for module in (ROOT / "npc").glob("*.py")
        for key in re.findall(r'"((?:reply|gesture|riff)\.[a-z_]*[a-z])"', module.read_text(encoding="utf-8"))
    }
    story_py = (ROOT / "game/world/story.py").read_text(encoding="utf-8")
    told = set(re.findall(r'talk\.say\(world, talk\.[A-Z]+, "(\w+)"\)', story_py))
    assert told
    asked |= told | {*story.CHILD_LINES, *story.MAY_SAY, *idle.LINES, *idle.NUDGES}
    asked |= {f"reply.{key}" for table in (_META, _ABOUT, _KIND_SUBS, _OF_PLAYER, _ASKED) for key, _ in table}
    asked |= {f"reply.{kind}" for kind in Kind} | {f"act.{act}" for act in ACTS}
    asked |= {f"gesture.{action}" for action in Action if action not in (Action.RUDE, Action.PALM_UP)}
    assert len(asked) > 60
    assert [key for key in sorted(asked) if unknown(key, ACTS) is not None] == []


HEADING = "== wary | echo hall | left tunnel"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("greeting: hi", "expected a heading '== mood | place | way out', found 'greeting: hi'"),
        ("== glad | echo hall", "with a mood of hostile, wary, warming, friend, found '== glad"),
        ("== wary | a | b | c", "expected '== mood | place | way out'"),
        (f"{HEADING}\nhello there", "expected a kind of turn and a colon .*found 'hello there'"),
        (f"{HEADING}\nsinging: la", "expected a kind of turn"),
        (f"{HEADING}\ngreeting: hi\nbite: [stare] No.", "expected an act and a colon"),
        (f"{HEADING}\ngreeting: hi\ntease:", "expected a reply behind 'tease:', found nothing"),
        (f"{HEADING}\ngreeting: hi\ntease: [stare]", "expected words behind the gesture"),
        (f"{HEADING}\ngreeting: hi\ntease: [dance] No.", "gesture 'dance' is not one of"),
        (f"{HEADING}\ngreeting: hi\n\ntease: No.", "expected a reply on the next line, found none"),
        (f"{HEADING}\ngreeting: {'a' * 600}", "at most 500 characters, found 610"),
        (HEADING + "\n" + "greeting: hi\ntease: No.\n" * 17, "at most 16 pairs"),
        (f"{HEADING}\n~ hi\n~ No.", "expected a sibling behind a reply"),
        (f"{HEADING}\ngreeting: hi\n~ hello", "expected a sibling behind a reply"),
        (f"{HEADING}\ngreeting: hi\ntease: No.\n~ hello\ntease: No.", "the sibling's reply behind '~'"),
        (f"{HEADING}\ngreeting: hi\ntease: No.\n~ hello\n", "expected a reply on the next line"),
        (f"{HEADING}\ngreeting: hi\ntease: No.\n" + "~ a\n~ b\n" * 13, "at most 12, found '~ a'"),
        (f"{HEADING}\n= [stare] Hm?\n", "expected a sibling behind a reply"),
        (f"{HEADING}\ngreeting: hi\n= [stare] Hm?\n", "expected a sibling behind a reply"),
        (
            f"{HEADING}\ngreeting: hi\ntease: No.\n~ hello\n= Hm?\n",
            "the sibling's reply behind '~', found '= Hm",
        ),
        (
            f"{HEADING}\ngreeting: hi\ntease: [stare] Hm, no.\n= {{Hm|Oh}}, yes.\n",
            r"line 5: expected that the first choices give the reply above, 'Hm, no\.', found 'Hm, yes\.'",
        ),
        (
            f"{HEADING}\ngreeting: hi\ntease: No.\n~ hello\n~ Never.\n= {{No|Nope}}.\n",
            r"line 7: expected that the first choices give the reply above, 'Never\.', found 'No\.'",
        ),
        (f"{HEADING}\ngreeting: hi\ntease: Hm.\n= {{Hm|Oh.\n", "line 5: expected words, found '{Hm|Oh.'"),
        (
            f"{HEADING}\ngreeting: hi\ntease: Hm, no.\n= {{Hm|Oh}}, {{no}}.\n",
            r"expected marks like .*\{no\}\.'",
        ),
        (
            f"{HEADING}\ngreeting: hi\ntease: Hm.\n= {{Hm|Oh}}.\n= {{Hm|Ah}}.\n",
            "line 6: expected one line of marks behind a reply, found another",
        ),
    ],
)
def test_a_bad_line_of_dialogue_is_named_by_its_number(folder: Path, text: str, words: str) -> None:
    path = folder / "dialogue" / "bad.txt"
    path.write_text(f"# mine\n{text}\n", encoding="utf-8")
    with pytest.raises(PersonalityError, match=words) as error:
        load_personality(folder)
    assert re.match(r"bad\.txt, line \d+: ", str(error.value))


def test_dialogue_is_read_as_it_was_written(folder: Path) -> None:
    for path in (folder / "dialogue").glob("*.txt"):
        path.unlink()
    (folder / "dialogue" / "mine.txt").write_text(
        """# of my own
== hostile | echo hall | left tunnel, red glow
player: hello
tease: [stare] No.
~ hi there
~ [shrug] Not today.
= Not {today|now}.
silence:
insult: Speak up, puddle.
= Speak up, {puddle|drop}.

== friend
gesture: [rude]
lead: [point] Come along.
""",
        encoding="utf-8",
    )
    told = load_personality(folder).dialogue.told
    assert [(one.player, one.kind, one.act, one.reply.text, one.before) for one in told] == [
        ("hello", None, "tease", "No.", None),
        ("hi there", None, "tease", "Not today.", None),
        ("", "silence", "insult", "Speak up, puddle.", "No."),
        ("[rude]", "gesture", "lead", "Come along.", None),
    ]
    assert [(one.mood, one.place, one.way) for one in told[2:]] == [
        ("hostile", "echo hall", "left tunnel, red glow"),
        ("friend", "", ""),
    ]

    assert told[0].joke == told[1].joke != told[2].joke
    assert [one.reply.marked for one in told] == ["", "Not {today|now}.", "Speak up, {puddle|drop}.", ""]
    assert load_personality(folder).dialogue.reworded_share == 0.5
    assert told[0].talk == told[1].talk == told[2].talk != told[3].talk


def test_a_line_that_may_never_be_said_is_left_out_and_noted(folder: Path) -> None:
    for path in (folder / "dialogue").glob("*.txt"):
        path.unlink()
    (folder / "dialogue" / "mine.txt").write_text(
        f"{HEADING}\ngreeting: hi\ntease: [stare] You look sexy.\n", encoding="utf-8"
    )
    personality = load_personality(folder)
    assert len(personality.dialogue) == 0
    assert "mine.txt, line 2: blocked" in personality.notes[0]


def test_a_file_too_large_is_refused(folder: Path) -> None:
    (folder / "lines.toml").write_text("#" * (5 * 1024 * 1024), encoding="utf-8")
    with pytest.raises(PersonalityError, match="larger than"):
        load_personality(folder)


def test_a_file_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / "lines.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PersonalityError, match="UTF-8"):
        load_personality(folder)


@pytest.mark.parametrize("file", ["personality.toml", "policy.toml", "lines.toml"])
def test_a_missing_file_is_named(folder: Path, file: str) -> None:
    (folder / file).unlink()
    with pytest.raises(PersonalityError, match=file):
        load_personality(folder)


def test_a_cast_without_a_model_speaks_all_the_same() -> None:
    parts = ("child", "companion")
    cast = load_cast({part: PERSONALITIES / part for part in parts}, None, None)
    assert set(cast) == {"child", "companion"}
    assert cast["child"].line("what_are_you_looking_at")


def test_a_cast_with_a_part_that_nobody_plays_is_an_error_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(PersonalityError, match="no such folder"):
        load_cast({"child": tmp_path / "none"}, None, None)


def test_a_sure_line_may_be_marked_too_and_keeps_its_slots(folder: Path) -> None:
    top = folder / "lines.toml"
    change(top, "theft_after = [", 'theft_after = ["[stare] {Go|Run} {way_side}, {it\'s|it is} near.", ')
    line = load_personality(folder).lines["theft_after"][0]
    assert (line.text, line.gesture) == ("Go {way_side}, it's near.", "stare")
    filled = fill(line, {"way_side": "left tunnel"})
    assert filled is not None
    assert list(choices(filled.marked)) == [
        "Go left tunnel, it's near.",
        "Go left tunnel, it is near.",
        "Run left tunnel, it's near.",
        "Run left tunnel, it is near.",
    ]


@pytest.mark.parametrize("text", ["{Go|Run left.", "{Go|{Run|Hop}} left.", "Go | run {left|right}."])
def test_marks_of_a_sure_line_that_are_none_are_named(folder: Path, text: str) -> None:
    change(folder / "lines.toml", "theft_after = [", f'theft_after = ["{text}", ')
    with pytest.raises(PersonalityError, match=r"lines\.toml: .*theft_after: expected marks like"):
        load_personality(folder)


def test_a_dare_is_said_as_it_stands(folder: Path) -> None:
    change(folder / "lines.toml", "[dares.whisper]\nlines = [", '[dares.whisper]\nlines = ["{Say|Do} it.", ')
    with pytest.raises(PersonalityError, match=r"whisper: lines: expected words without marks"):
        load_personality(folder)
