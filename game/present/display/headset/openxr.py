"""One session with a headset through OpenXR: its states, its frames, its eyes."""

import ctypes
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar, cast

from game.present.display.headset.binding import current_binding
from game.present.display.headset.controllers import Controllers, pose
from game.present.display.headset.hand_tracking import HandTrackers
from game.present.display.headset.instance import Instance, why_not
from game.present.display.headset.passthrough import Passthrough
from game.present.display.headset.runtime import (
    Beat,
    Blend,
    Controller,
    Eye,
    HeadsetLost,
    Joints,
    NoHeadset,
    State,
)
from game.present.display.headset.swapchains import Copier, EyeSwapchain, GlFault

_ENDS_WITHIN_S: Final = 2.0
"""So long is waited for the runtime to let go of the session."""
_USUAL_S: Final = 1.0 / 72.0

P = ParamSpec("P")
R = TypeVar("R")


def _told(
    call: Callable[Concatenate["OpenXrRuntime", P], R],
) -> Callable[Concatenate["OpenXrRuntime", P], R]:
    """Turns the runtime's errors into one `HeadsetLost`."""

    @wraps(call)
    def wrapped(self: "OpenXrRuntime", *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return call(self, *args, **kwargs)
        except self.xr.XrException as error:
            raise HeadsetLost(why_not(error)) from error
        except GlFault as error:
            raise HeadsetLost(
                f"The graphics driver does not give the picture to the headset: {error}."
            ) from error

    return cast(Callable[Concatenate["OpenXrRuntime", P], R], wrapped)


class OpenXrRuntime:
    """The `Runtime` of a real headset; owns ``instance``."""

    def __init__(self, instance: Instance) -> None:
        xr = self.xr = instance.xr
        self._instance = instance
        able = instance.abilities
        self.name = f"{able.runtime}, {able.system}"
        self.blend = able.blend
        self.eye_size = able.eye_size
        self.tracks_hands = able.hands
        self._stereo = xr.ViewConfigurationType.PRIMARY_STEREO
        self.state = State.AWAY
        self._running = False
        self._recentred = False
        self._counts = [0, 0, 0]
        self._open: list[Any] = []
        """What must be closed, the newest first."""
        self._session: Any = None
        try:
            self._start(able.by_layer)
        except xr.XrException as error:
            self.close()
            raise NoHeadset(why_not(error)) from error
        except NoHeadset:
            self.close()
            raise

    def _start(self, by_layer: bool) -> None:
        xr, instance = self.xr, self._instance
        # The runtime must have been asked for this before a session is made, whatever it answers.
        needs = xr.GraphicsRequirementsOpenGLKHR()
        result = instance.call("xrGetOpenGLGraphicsRequirementsKHR")(
            instance.handle, instance.system, ctypes.byref(needs)
        )
        if result < 0:
            raise xr.check_result(xr.Result(result))
        self._binding = current_binding(xr, instance.enabled)
        info = xr.SessionCreateInfo(
            system_id=instance.system, next=ctypes.cast(ctypes.pointer(self._binding), ctypes.c_void_p)
        )
        self._session = xr.create_session(instance.handle, info)
        kinds = {int(kind) for kind in xr.enumerate_reference_spaces(self._session)}
        self.floor = xr.ReferenceSpaceType.STAGE.value in kinds
        kind = xr.ReferenceSpaceType.STAGE if self.floor else xr.ReferenceSpaceType.LOCAL
        self._space = xr.create_reference_space(
            self._session, xr.ReferenceSpaceCreateInfo(reference_space_type=kind)
        )
        self._eyes = []
        self._copier = Copier()
        self._open.append(self._copier)
        for _ in range(2):
            self._eyes.append(EyeSwapchain(xr, self._session, self.eye_size))
            self._open.append(self._eyes[-1])
        self._room: Passthrough | None = None
        if by_layer:
            self._room = Passthrough(instance, self._session)
            self._open.append(self._room)
        self._hands: HandTrackers | None = None
        if self.tracks_hands:
            self._hands = HandTrackers(instance, self._session)
            self._open.append(self._hands)
        self._controllers = Controllers(instance, self._session)
        self._open.append(self._controllers)
        self._views = [xr.CompositionLayerProjectionView(sub_image=eye.part) for eye in self._eyes]
        self._mode = {
            Blend.ALPHA: xr.EnvironmentBlendMode.OPAQUE if by_layer else xr.EnvironmentBlendMode.ALPHA_BLEND,
            Blend.ADDITIVE: xr.EnvironmentBlendMode.ADDITIVE,
            Blend.OPAQUE: xr.EnvironmentBlendMode.OPAQUE,
        }[self.blend]
        self._clock = self._make_clock()
        self._time_ns = 0

    def _make_clock(self) -> Callable[[], int] | None:
        """The runtime's own time now, in ns; None where it does not tell."""
        xr, instance = self.xr, self._instance
        found = xr.Time()
        if "XR_KHR_convert_timespec_time" in instance.enabled:
            convert, of = instance.call("xrConvertTimespecTimeToTimeKHR"), xr.timespec()

            def now() -> int:
                total = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
                of.tv_sec, of.tv_nsec = divmod(total, 1_000_000_000)
                convert(instance.handle, ctypes.byref(of), ctypes.byref(found))
                return int(found.value)

            return now
        if sys.platform == "win32" and "XR_KHR_win32_convert_performance_counter_time" in instance.enabled:
            convert, ticks = instance.call("xrConvertWin32PerformanceCounterToTimeKHR"), ctypes.c_int64()
            counter = ctypes.windll.kernel32.QueryPerformanceCounter

            def now_on_windows() -> int:
                counter(ctypes.byref(ticks))
                convert(instance.handle, ctypes.byref(ticks), ctypes.byref(found))
                return int(found.value)

            return now_on_windows
        return None

    @property
    def frames(self) -> tuple[int, int, int]:
        waited, begun, ended = self._counts
        return waited, begun, ended

    @_told
    def poll(self) -> State:
        xr = self.xr
        kinds = xr.StructureType
        while True:
            try:
                event = xr.poll_event(self._instance.handle)
            except xr.EventUnavailable:
                return self.state
            kind = xr.StructureType(event.type)
            if kind is kinds.EVENT_DATA_INSTANCE_LOSS_PENDING:
                raise HeadsetLost("The OpenXR runtime is going away.")
            if kind is kinds.EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING:
                self._recentred = True
            elif kind is kinds.EVENT_DATA_SESSION_STATE_CHANGED:
                told = ctypes.cast(
                    ctypes.byref(event), ctypes.POINTER(xr.EventDataSessionStateChanged)
                ).contents
                self._to(xr.SessionState(told.state))

    def _to(self, state: Any) -> None:
        xr = self.xr
        states = xr.SessionState
        if state is states.READY:
            xr.begin_session(self._session, xr.SessionBeginInfo(self._stereo))
            self._running = True
        elif state is states.STOPPING:
            self._running = False
            xr.end_session(self._session)
        elif state is states.LOSS_PENDING:
            raise HeadsetLost("The connection with the headset is going away.")
        self.state = {
            states.READY: State.HIDDEN,
            states.SYNCHRONIZED: State.HIDDEN,
            states.VISIBLE: State.SEEN,
            states.FOCUSED: State.PLAYED,
            states.EXITING: State.ENDED,
        }.get(state, State.AWAY)

    def recentred(self) -> bool:
        was, self._recentred = self._recentred, False
        return was

    @_told
    def begin(self) -> Beat:
        xr = self.xr
        state = xr.wait_frame(self._session, xr.FrameWaitInfo())
        self._counts[0] += 1
        # A discarded frame is the one before, which was never ended; this one is begun all the same.
        with suppress(xr.FrameDiscarded):
            xr.begin_frame(self._session, xr.FrameBeginInfo())
        self._counts[1] += 1
        self._time_ns = int(state.predicted_display_time)
        period_s = int(state.predicted_display_period) * 1e-9 or _USUAL_S
        seen_in_s = period_s if self._clock is None else (self._time_ns - self._clock()) * 1e-9
        return Beat(seen_in_s=min(0.2, max(0.0, seen_in_s)), shows=bool(state.should_render))

    @_told
    def eyes(self) -> tuple[Eye, Eye] | None:
        xr = self.xr
        where, found = xr.locate_views(
            self._session,
            xr.ViewLocateInfo(
                view_configuration_type=self._stereo, display_time=self._time_ns, space=self._space
            ),
        )
        known = xr.ViewStateFlags.POSITION_VALID_BIT | xr.ViewStateFlags.ORIENTATION_VALID_BIT
        if xr.ViewStateFlags(where.view_state_flags) & known != known or len(found) != 2:
            return None
        eyes = []
        for layer, view in zip(self._views, found, strict=True):
            # The runtime is told where the picture was drawn from, and puts the rest right.
            layer.pose, layer.fov = view.pose, view.fov
            fov = view.fov
            eyes.append(
                Eye(pose=pose(view.pose), fov=(fov.angle_left, fov.angle_right, fov.angle_up, fov.angle_down))
            )
        return eyes[0], eyes[1]

    @_told
    def hands(self) -> tuple[Joints, ...]:
        return () if self._hands is None else self._hands.at(self._time_ns, self._space)

    @_told
    def controllers(self) -> tuple[Controller, ...]:
        return self._controllers.at(self._time_ns, self._space)

    @_told
    def end(self, pictures: tuple[int, int] | None) -> None:
        xr = self.xr
        layers = []
        base = xr.CompositionLayerBaseHeader
        if pictures is not None:
            for eye, picture in zip(self._eyes, pictures, strict=True):
                eye.put(self._copier, picture)
            flags = xr.CompositionLayerFlags.NONE
            if self.blend is Blend.ALPHA:
                flags = xr.CompositionLayerFlags.BLEND_TEXTURE_SOURCE_ALPHA_BIT
            self._layer = xr.CompositionLayerProjection(
                layer_flags=flags, space=self._space, views=self._views
            )
            if self._room is not None:
                layers.append(self._room.pointer(base))
            layers.append(ctypes.cast(ctypes.pointer(self._layer), ctypes.POINTER(base)))
        xr.end_frame(
            self._session,
            xr.FrameEndInfo(display_time=self._time_ns, environment_blend_mode=self._mode, layers=layers),
        )
        self._counts[2] += 1

    def close(self) -> None:
        if self._instance.handle is None:
            return
        if self._session is not None:
            self._leave()
        for part in reversed(self._open):
            self._quietly(part.close)
        self._open.clear()
        if self._session is not None:
            self._quietly(lambda: self.xr.destroy_session(self._session))
            self._session = None
        self._instance.close()

    def _leave(self) -> None:
        """Ask for the end and keep the frames going until the runtime has let go of them."""
        try:
            if self._running:
                self.xr.request_exit_session(self._session)
            until_s = time.monotonic() + _ENDS_WITHIN_S
            while self.state is not State.ENDED and time.monotonic() < until_s:
                if self.poll() is State.ENDED or (not self._running and self._counts[0] == 0):
                    break
                if self._running:
                    self.begin()
                    self.end(None)
                else:
                    time.sleep(0.005)
        except (HeadsetLost, self.xr.XrException):
            return  # a runtime that is gone has let go

    def _quietly(self, end: Callable[[], object]) -> None:
        try:
            end()
        except self.xr.XrException:
            return  # what a lost runtime held is gone with it
