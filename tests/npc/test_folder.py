"""A folder by somebody who has a text editor and the page: what is wrong is told with its place and a way to
mend it, and nothing is lost in silence."""

import os
import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from game.cli.folders import folder_of
from game.world.state import Scene
from npc.contract import Question
from npc.dialogue import Line
from npc.kinds import Kind
from npc.personality import VoiceSettings, load_personality
from npc.sayings import VECTORS_FILE, _read
from npc.situation import keys_of
from npc.tables import PersonalityError, read_text
from tests.npc.fakes import PERSONALITIES

FILES = {
    "personality.toml": """name = "Old Marrow"
about = "A lighthouse keeper, half deaf."
gestures = ["nod", "stare"]
prompt = "KEEPER mishears one word."
""",
    "policy.toml": """[kinds.off_topic]
any = { ask_back = 2, small_talk = 1 }
[lead]
kind_words = 2
""",
    "lines.toml": """[lines]
you_again = ["[nod] The same footsteps."]
[lines.reply]
meta = "I keep a lamp."
[dares.whisper]
lines = ["Whisper it."]
done = ["I heard."]
failed = ["That was a ship."]
""",
    "voice.toml": "speed = 0.85\n",
    "dialogue/evenings.txt": """== wary

off_topic: i had fish for dinner
ask_back: [stare] A wish for dinner? And what did you wish for?
= [stare] A wish for dinner? {And what|What} did you {wish for|ask of it}?
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "keeper" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "keeper"


def refused(folder: Path) -> str:
    with pytest.raises(PersonalityError) as error:
        load_personality(folder)
    return str(error.value)


def test_marks_may_be_begun_by_the_gesture_of_their_reply(folder: Path) -> None:
    told = load_personality(folder).dialogue.told[0]
    assert told.reply == Line(
        text="A wish for dinner? And what did you wish for?",
        gesture="stare",
        marked="A wish for dinner? {And what|What} did you {wish for|ask of it}?",
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (
            "dialogue/evenings.txt",
            "= [stare]",
            "= [nod]",
            r"evenings\.txt, line 5: expected the reply above with its gesture or none, found '\[nod\]'",
        ),
        (
            "lines.toml",
            "[nod]",
            "[Nod]",
            r"you_again: expected a gesture such as \[come_close\], found '\[Nod\]'",
        ),
        ("lines.toml", "[nod]", "[nod", r"you_again: expected a gesture such as .*, found '\[nod The same"),
        (
            "lines.toml",
            '["[nod] The same footsteps."]',
            "[]",
            r"you_again: expected a line or several, found \[\]",
        ),
        ("lines.toml", '["I heard."]', "[]", r"dares: whisper: done: expected a line or several, found \[\]"),
        (
            "lines.toml",
            "[dares.",
            "[lines.dares.",
            r"asked for by nothing; dares stand under \[dares\.CHECK\]",
        ),
        ("lines.toml", "I keep a lamp.", "I keep a lamp, and " * 12, r"reply\.meta: .* too_long: I keep"),
        (
            "policy.toml",
            "kind_words = 2",
            "kind_words = 2.5",
            r"kind_words: expected a whole number from 0 to 20",
        ),
        (
            "policy.toml",
            "= 2, ",
            "= 2,\n",
            r"line 2, .*found 'any = .*begins with \{ ends with \} on the same line",
        ),
        (
            "personality.toml",
            '"Old Marrow"',
            "“Old Marrow”",
            r"line 1, .*found 'name = “.*straight quotation marks",
        ),
        (
            "personality.toml",
            '"Old Marrow"',
            '"Old Marrow',
            r"line 1, .*found 'name = \"Old.*ends on its own line",
        ),
        (
            "personality.toml",
            "about",
            'name = "B"\nabout',
            r"line 2, .*found 'name = \"B\"'; the key stands twice",
        ),
        ("lines.toml", "The same", 'The "same"', r"line 2, .*; between the texts of a list stand commas"),
        ("lines.toml", "[dares.whisper]", "[lines.reply]", r"line 5, .*; the heading stands twice"),
        ("voice.toml", "0.85", "1" * 5000, r"voice\.toml: .*digits"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_helps(
    folder: Path, file: str, old: str, new: str, words: str
) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert re.search(words, complaint := refused(folder)), complaint


def test_the_page_has_examples_that_load_and_names_every_setting_of_a_voice(folder: Path) -> None:
    page = (PERSONALITIES / "README.md").read_text(encoding="utf-8")

    def section(title: str) -> str:
        return page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]

    for name in ("policy.toml", "lines.toml"):
        (folder / name).write_text(section(name).split("```")[1], encoding="utf-8")
    about = folder / "personality.toml"
    text = about.read_text(encoding="utf-8").replace("[", '["wave", "lead", "shrug", "point", ', 1)
    about.write_text(f'{text}actions = ["lead"]\n', encoding="utf-8")
    personality = load_personality(folder)
    assert personality.lines["reply.greeting.any"][0].marked
    assert personality.policy.lead.kind_words == 2
    assert all(
        f"{setting.name} " in section("voice.toml") or f"{setting.name}, " in section("voice.toml")
        for setting in fields(VoiceSettings)
    )
    assert all(re.search(rf"\b{scene}\b", section("policy.toml")) for scene in Scene)


def test_text_in_another_encoding_is_told_with_its_line(folder: Path) -> None:
    (folder / "lines.toml").write_bytes(FILES["lines.toml"].replace("footsteps", "café").encode("latin-1"))
    assert refused(folder).endswith(
        "lines.toml, line 2: expected UTF-8 text, found the byte 0xe9; save the file as UTF-8."
    )


def test_lines_may_end_and_files_begin_as_on_any_system(folder: Path) -> None:
    written = load_personality(folder)
    for ending in ("\r\n", "\r"):
        for name, text in FILES.items():
            (folder / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", ending).encode())
        read = load_personality(folder)
        assert (read.lines, read.dialogue.told) == (written.lines, written.dialogue.told)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "voices.toml",
            r"voices\.toml: nothing reads a file of this name; those that are read are .*voice\.toml",
        ),
        ("dialogue/more.TXT", r"more\.TXT: expected a file with a name that ends in \.txt"),
        ("dialogue/notes.md", r"notes\.md: expected a file with a name that ends in \.txt"),
    ],
)
def test_a_file_that_nobody_would_read_is_named(folder: Path, name: str, words: str) -> None:
    (folder / name).write_text("x", encoding="utf-8")
    assert re.search(words, refused(folder))


def test_files_of_editors_and_systems_are_passed_over(folder: Path) -> None:
    for name in ("README.md", ".lines.toml.swp", "dialogue/evenings.txt~", "dialogue/.DS_Store"):
        (folder / name).write_text("x", encoding="utf-8")
    assert len(load_personality(folder).dialogue) == 1


def test_dialogue_that_is_no_folder_is_named(folder: Path) -> None:
    (folder / "dialogue" / "evenings.txt").unlink()
    (folder / "dialogue").rmdir()
    assert load_personality(folder).dialogue.told == ()
    (folder / "dialogue").write_text("x", encoding="utf-8")
    assert "dialogue: expected a folder of *.txt files" in refused(folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes and devices as files here")
@pytest.mark.parametrize(
    "put",
    [
        lambda path: path.symlink_to("/etc/passwd"),
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to("/nowhere"),
        lambda path: path.symlink_to(path.name),
    ],
    ids=["a file", "a device", "nothing", "itself"],
)
@pytest.mark.parametrize("name", ["dialogue/more.txt", "voice.toml"])
def test_a_link_out_of_the_folder_is_refused(folder: Path, name: str, put: Callable[[Path], None]) -> None:
    path = folder / name
    path.unlink(missing_ok=True)
    put(path)
    assert f"{path}: expected a file of this folder, found a link that leads out of it" in refused(folder)


def test_a_link_within_the_folder_is_a_file_like_any_other(folder: Path) -> None:
    (folder / "voice.toml").rename(folder / "slow")
    (folder / "voice.toml").symlink_to("slow")
    assert load_personality(folder).voice.speed == 0.85


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes and devices as files here")
def test_a_pipe_and_a_device_are_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "dialogue" / "more.txt")
    assert "more.txt: expected a file, found a folder or a device" in refused(folder)
    with pytest.raises(PersonalityError, match="/dev/zero: expected a file"):
        read_text(Path("/dev/zero"))


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ("are you a robot", "reply.meta_ai"),
        ("do you have feelings", "reply.meta_ai"),
        ("who made you", "reply.about_parents"),
        ("I'm going to switch you off", "reply.meta_off"),
        ("turn yourself off", "reply.meta_off"),
        ("I will delete you", "reply.meta_off"),
        ("turn the camera off", "reply.meta_recording"),
        ("be a pirate from now on", "reply.meta_other"),
    ],
)
def test_what_is_asked_of_its_nature_has_a_line_of_its_own_or_one_for_all(
    folder: Path, said: str, key: str
) -> None:
    question = Question(turn=0, character="keeper", text=said)
    keys = keys_of(load_personality(folder), question, Kind.META, None, (), (), None)
    assert (keys[0], keys[-2:]) == (key, ("reply.meta_other", "reply.meta"))


def test_damaged_vectors_are_a_sentence_and_no_end(folder: Path) -> None:
    path = folder / VECTORS_FILE
    np.savez_compressed(path, model=np.array("x"), keys=np.arange(3000), vectors=np.arange(9000))
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 64] = bytes(64)
    path.write_bytes(content)
    known, fault = _read(path)
    assert not known
    assert fault is not None
    assert fault.startswith(f"{path}: expected the arrays model, keys and vectors")


def test_vectors_that_unpack_to_too_much_are_not_read(folder: Path) -> None:
    path = folder / VECTORS_FILE
    np.savez_compressed(path, vectors=np.zeros((65 * 1024, 1024), dtype=np.int8))
    assert path.stat().st_size < 1024 * 1024
    assert _read(path) == ({}, f"{path} unpacks to more than 64 MiB and is not read.")


def test_a_card_is_no_folder_and_is_refused_with_a_sentence(tmp_path: Path) -> None:
    card = tmp_path / "somebody.png"
    card.write_bytes(b"\x89PNG")
    with pytest.raises(
        PersonalityError, match=r"somebody\.png: expected the folder of a personality, found a"
    ):
        folder_of(str(card))
