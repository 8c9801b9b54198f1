"""The composition root: the only place that knows which device, which display, which model.

It finds what there is, says in a sentence what is not, puts the parts together, plays, and closes them.
"""

import random
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, TypeGuard

from game import find, picture
from game.attract import RecordedPlayer
from game.audio import RoomAudio, open_audio
from game.budget import Budget, budget
from game.calibration import as_json as calibration_json
from game.calibration import calibration_of, in_room, in_room_file
from game.clock import ClockKind
from game.corner_pin import CornerPin
from game.headset import HeadsetSenses, put_on, wear
from game.interpret.calibration import Calibration
from game.interpret.interpreter import Interpreter
from game.loop import Play
from game.parts import Parts, Player
from game.plan import Found, Plan, PlayError, PlaySettings, check_files, make_plan, welcome
from game.present.display import AnyDisplay, NoGraphics
from game.present.display.headset.display import HeadsetDisplay
from game.present.display.panda import PandaDisplay
from game.present.display.room import Room, user_room_path
from game.present.display.view import Stereo
from game.present.recorder import Recorder, RecorderError
from game.present.sound.mixer import Mixer
from game.present.sound.stage_sound import SoundStage
from game.present.stage import Stage
from game.report import Reporter, write_report
from game.saves import SaveFault, as_json, load_save, save_path, set_aside, write_save
from game.sense.evening_log import LogWriter
from game.sense.tracks import RecordedHands, is_track
from game.steering import Steering
from game.version import contents, version
from game.workers.eyes_worker import EyesSettings, run_eyes
from game.workers.link import Target, WorkerLink
from game.workers.mind_worker import MindSettings, run_mind
from game.world.digest import world_hash
from game.world.save import Save, keep
from game.world.state import WISHES, World
from game.world.step import begin
from game.world.story import CHILD_LINES
from npc.assets import asset
from npc.character import Character
from npc.models import ModelMissing, ModelStore
from npc.personality import load_personality
from npc.progress import ProgressLine
from npc.tables import PersonalityError

_SIZES: Final[dict[str, tuple[int, int]]] = {
    "window": (1280, 720), "fullscreen": (1920, 1080), "offscreen": (1280, 720), "none": (1280, 720),
    "openxr": (1280, 720),
}  # fmt: skip
_SOFTWARE_BREATH: Final = 0.6
"""Where the processor draws, the other parts get the cores for a third of the time at least."""
_FILM_SIZE: Final = (960, 540)
"""Of the film of it: a processor without a graphics card draws it in about twice its length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """What a bench puts in the place of this machine's devices; all else is the game's. Nothing is played by
    a loudspeaker."""

    eyes: Target
    mind: Target
    mixer: Mixer


def tell(sentence: str) -> None:
    """Says a sentence to whoever started the game, if they are still there."""
    with suppress(OSError):  # A terminal that was closed takes no words, and the evening goes on without.
        print(sentence, file=sys.stderr, flush=True)


def check_child(folder: Path) -> None:
    """Reads a character that is to play the Child, so that its faults are told before the evening begins.
    Raises PlayError, also where it has no words for the story."""
    try:
        character = Character(load_personality(folder))
    except PersonalityError as error:
        raise PlayError(f"The character in {folder} cannot play: {error}") from error
    missing = []
    for key in CHILD_LINES:
        try:
            character.line(key)
        except KeyError:
            missing.append(key)
    if missing:
        raise PlayError(
            f"The character in {folder} cannot play: lines.toml: lines: expected what the story has the "
            f"Child say, found nothing for {', '.join(missing)}."
        )


def play(settings: PlaySettings, stand: Stand | None = None) -> int:
    """Plays an evening, on a bench's stand where one is given; 0 when it ended well. Raises PlayError."""
    started_s = time.monotonic()
    if settings.child is not None:
        check_child(settings.child)
    found = Found(
        camera=find.camera_present(), microphone=find.microphone_present(), screen=find.screen_present()
    )
    if settings.display == "openxr" and settings.microphone is None:
        settings = replace(settings, microphone=find.headset_sound("input"))
    plan = make_plan(settings, found)
    check_files(plan)
    tell(welcome(settings))
    for note in plan.notes:
        tell(note)
    with ExitStack() as closing:
        return _play(settings, plan, closing, started_s, stand)


def _play(
    settings: PlaySettings, plan: Plan, closing: ExitStack, started_s: float, stand: Stand | None
) -> int:
    seed = settings.seed if settings.seed is not None else _fresh_seed(plan)
    reporter = Reporter()
    room = picture.room_of(settings.room)
    calibration = calibration_of(room)
    save = _recall(plan, reporter)
    world = begin(seed, save)
    world.recording = plan.record is not None
    if plan.display == "openxr":
        wear(world.player, settings.comfort)
    shares = budget()
    store = ModelStore.default()
    try:
        store.ensure_all(ProgressLine(sys.stderr))
    except ModelMissing as error:
        reporter.fault(0.0, str(error))
        tell(str(error))
    eyes, mind = _workers(plan, settings, shares, store, reporter, stand)
    for link in (eyes, mind):
        if link is not None:
            link.start()
            closing.callback(link.stop)
    display = _open_display(settings, plan, world, room)
    headset = None
    if isinstance(display, PandaDisplay) and plan.display == "openxr":
        display = headset = put_on(display, tell, settings.comfort)
    closing.callback(display.close)
    lacking = display.faults
    for fault in lacking:
        reporter.fault(0.0, fault)
    quality = picture.quality_of(settings.quality, display.renderer, worn=headset is not None)
    stage = Stage(display, world, quality=quality, headset=headset)
    mixer = stand.mixer if stand is not None else Mixer(seed=seed)
    sounds = SoundStage(mixer, head_yaw=None if headset is None else headset.head_yaw_rad)
    if plan.clock is ClockKind.REAL:
        sounds.warm()
    recorder = None
    if plan.record is not None:
        recorder = Recorder(plan.record, display.size, lossless_pace=plan.clock is ClockKind.GAME)
    log = None
    if settings.log is not None:
        log = LogWriter(settings.log, _head(world, save, calibration, settings, plan))
    interpreter = Interpreter(calibration)

    def keep_now() -> None:
        try:
            write_save(save_path(), keep(world))
        except SaveFault as error:
            reporter.fault(world.time_s, str(error))
            tell(str(error))

    pins = _corner_pin(settings, display, room)

    def save_now() -> None:
        keep_now()
        if pins is not None and (found := interpreter.camera_corrected) is not None:
            pins.keep_camera(*in_room(found, room))

    parts = Parts(
        save=save_now if plan.remembers else None,
        world=world, interpreter=interpreter, display=display, stage=stage, sounds=sounds,
        mixer=mixer, listens=mixer, reporter=reporter, eyes=eyes, mind=mind,
        players=[*_players(plan, seed), *([HeadsetSenses(headset)] if headset is not None else [])],
        pointer=plan.display in ("window", "fullscreen"),
        steers=None if headset is None else Steering(headset, fist=settings.comfort.fist).tick,
        follow=None if pins is None else pins.follow,
        recorder=recorder, log=log, tell=tell, progress=plan.recorded_player,
        breath=_SOFTWARE_BREATH if picture.is_software(display.renderer) else 0.0,
    )  # fmt: skip
    evening = Play(parts, seconds=plan.seconds)
    try:
        if plan.clock is ClockKind.GAME:
            evening.run_game_clock()
        else:
            files = isinstance(plan.camera, Path) or isinstance(plan.microphone, Path)
            audio = _audio(
                plan, settings.earpiece, mixer, recorder, reporter, evening, silent=stand is not None
            )
            evening.run_real_clock(wait_for_workers=files, audio=audio)
    except KeyboardInterrupt:
        tell("")
    finally:
        digest = world_hash(world)
        if (camera := interpreter.camera_corrected) is not None:
            tell(f'As you stood at "recenter", the room file\'s camera has {in_room_file(camera, room)}.')
        for fault in display.faults[len(lacking) :]:
            reporter.fault(world.time_s, fault)
            tell(fault)
        if plan.remembers and world.story.spoken_to:
            keep_now()
        whole = _finish(log, recorder, world, digest, reporter)
        for fault in sounds.faults:
            reporter.fault(world.time_s, fault)
    if settings.report is not None:
        ran_on = {
            "system": f"{sys.platform}, Python {sys.version.split()[0]}",
            "renderer": display.renderer,
            "models": {**(eyes.what if eyes else {}), **(mind.what if mind else {})},
            "backends": {"display": plan.display, "clock": plan.clock.value, "quality": quality.name,
                         "language": (mind.what if mind else {}).get("language", "none")},
            "first_picture_s": round(evening.first_picture_s - started_s, 3),
            "ready_s": None if evening.ready_s is None else round(evening.ready_s - started_s, 3),
        }  # fmt: skip
        report = reporter.as_json(version=version(), ran_on=ran_on, seconds=world.time_s, world_hash=digest)
        write_report(settings.report, report)
    return 0 if whole else 1


def _finish(
    log: LogWriter | None, recorder: Recorder | None, world: World, digest: str, reporter: Reporter
) -> bool:
    """Closes log and recording; whether both are whole. What is not costs a sentence, and nothing else."""
    lacks: list[str] = []
    if log is not None:
        log.close(world.tick, digest)
        lacks += [log.fault] if log.fault is not None else []
    if recorder is not None:
        try:
            recorder.close()
        except RecorderError as error:
            lacks.append(str(error))
        if recorder.dropped_frames:
            reporter.fault(world.time_s, f"The recording repeats {recorder.dropped_frames} pictures.")
    for sentence in lacks:
        reporter.fault(world.time_s, sentence)
        tell(sentence)
    return not lacks


def _corner_pin(settings: PlaySettings, display: object, room: Room) -> CornerPin | None:
    """Whoever follows the player's hands at the picture's corners; nobody where no picture is on a wall."""
    if not isinstance(display, PandaDisplay):
        return None
    path = settings.room or user_room_path()
    plain = asset("room.toml").read_text(encoding="utf-8")
    return CornerPin(display, room.screens[0].corners, path=path, plain=plain, tell=tell)


def _is_track(camera: Path | int | None) -> TypeGuard[Path]:
    return isinstance(camera, Path) and is_track(camera)


def _players(plan: Plan, seed: int) -> list[Player]:
    """Whoever plays from within the game's own process."""
    if plan.recorded_player:
        return [RecordedPlayer.first_minute(seed)]
    return [RecordedHands(plan.camera)] if _is_track(plan.camera) else []


def _workers(
    plan: Plan, settings: PlaySettings, shares: Budget, store: ModelStore, reporter: Reporter,
    stand: Stand | None,
) -> tuple[WorkerLink | None, WorkerLink]:  # fmt: skip
    lockstep = plan.clock is ClockKind.GAME
    eyes = None
    if plan.camera is not None and not _is_track(plan.camera):
        try:
            eyes_settings = EyesSettings(
                camera=plan.camera,
                hand_model=store.file("hand_landmarker", "hand_landmarker.task"),
                head_model=store.file("face_landmarker", "face_landmarker.task"),
                clock=plan.clock,
                niceness=shares.eyes_niceness,
            )
            target = stand.eyes if stand is not None else run_eyes
            eyes = WorkerLink("eyes", target, eyes_settings, lockstep=lockstep)
        except ModelMissing as error:
            reporter.fault(0.0, str(error))
            tell(str(error))
    mind_settings = MindSettings(
        child=settings.child or asset("personalities/child"),
        microphone=plan.microphone,
        recogniser=settings.recogniser,
        backend=settings.backend,
        clock=plan.clock,
        hearing_threads=shares.hearing,
        language_threads=shares.language,
        voice_threads=shares.voice,
        niceness=shares.mind_niceness,
    )
    target = stand.mind if stand is not None else run_mind
    return eyes, WorkerLink("ears and mind", target, mind_settings, lockstep=lockstep)


def _open_display(
    settings: PlaySettings, plan: Plan, world: World, room: Room
) -> AnyDisplay | HeadsetDisplay:
    size = settings.size or (_FILM_SIZE if plan.recorded_player else _SIZES[plan.display])
    told = (lambda: world.time_s) if plan.clock is ClockKind.GAME else None
    # Beside a headset a window shows what the player sees, and the game goes on there without one.
    kind = plan.display
    if kind == "openxr":
        kind = "window" if find.screen_present() else "offscreen"
    wish = picture.Wish(
        kind=kind, size=size, room=room, stereo=Stereo(settings.stereo or "off"),
        screen=settings.screen, worn=plan.display == "openxr",
    )  # fmt: skip
    try:
        return picture.open_picture(wish, told_s=told)
    except NoGraphics as error:
        if settings.display is not None:
            raise PlayError(str(error)) from error
        tell(f"{error} The game plays without a picture.")
        return picture.open_picture(replace(wish, kind="none"), told_s=told)


def _audio(
    plan: Plan,
    earpiece: str | None,
    mixer: Mixer,
    recorder: Recorder | None,
    reporter: Reporter,
    evening: Play,
    *,
    silent: bool,
) -> RoomAudio:
    def fault(sentence: str) -> None:
        reporter.fault(evening.real_now_s(), sentence)
        tell(sentence)

    return open_audio(
        mixer,
        live=not silent
        and (plan.display in ("window", "fullscreen", "openxr") or plan.microphone is not None),
        worn=plan.display == "openxr",
        earpiece=earpiece,
        taps=(recorder.add_sound,) if recorder is not None else (),
        on_fault=fault,
    )


def _fresh_seed(plan: Plan) -> int:
    """A game on its own clock repeats itself; an evening with people is new each time."""
    return 1 if plan.clock is ClockKind.GAME else random.SystemRandom().randrange(1, 1_000_000)


def _recall(plan: Plan, reporter: Reporter) -> Save:
    """What is left of the last evening with this player; files and recorded players leave nothing."""
    if not plan.remembers:
        return Save()
    try:
        return load_save(save_path())
    except SaveFault as error:
        aside = set_aside(save_path())
        sentence = f"{error} The Child has forgotten you."
        if aside is not None:
            sentence += f" The file is kept as {aside}."
        reporter.fault(0.0, sentence)
        tell(sentence)
        return Save()


def _head(
    world: World, save: Save, calibration: Calibration, settings: PlaySettings, plan: Plan
) -> dict[str, Any]:
    """The head of a log: all that a replay needs besides what came in."""
    return {
        "hollow": version(),
        "seed": world.seed,
        "save": as_json(save),
        "calibration": calibration_json(calibration),
        "settings": {
            "clock": plan.clock.value, "display": plan.display, "recording": plan.record is not None,
            **{wish: getattr(world.player, wish) for wish in WISHES},
            "camera": str(settings.camera), "microphone": str(settings.microphone),
            "child": str(settings.child),
        },
        "contents": contents(),
    }  # fmt: skip


__all__ = ["Found", "Plan", "PlayError", "PlaySettings", "check_child", "make_plan", "play"]
