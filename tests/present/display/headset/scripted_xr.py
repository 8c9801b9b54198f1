"""A scripted OpenXR runtime in this process, with the face of the package pyopenxr: it knows the rules that a
session has to keep, and goes through the states, losses and lacks that a test tells it to."""

import ctypes
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests.present.display.headset.xr_state import HANDS, PASSTHROUGH, XrState
from tests.present.display.headset.xr_structures import (
    END,
    FUNCTION,
    JOINTS,
    EnvironmentBlendMode,
    EventUnavailable,
    FrameDiscarded,
    HandJointLocationsEXT,
    Posef,
    Quaternion,
    SessionNotFocused,
    SessionState,
    StructureType,
    SystemHandTrackingPropertiesEXT,
    SystemPassthroughPropertiesFB,
    Vector,
)


class ScriptedXr(XrState):
    """The functions; see `XrState` for what is told to it."""

    def __init__(self, **told: Any) -> None:
        super().__init__(**told)
        self.raw_functions = SimpleNamespace(
            xrGetSystemProperties=self._system_properties, xrLocateSpace=self._locate_space
        )

    # -- instance ------------------------------------------------------------------------------------------

    def enumerate_instance_extension_properties(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(extension_name=name.encode()) for name in self.listed]

    def Version(self, *parts: int) -> SimpleNamespace:  # noqa: N802
        return SimpleNamespace(major=1, minor=2, patch=3)

    def create_instance(self, info: Any) -> int:
        self._must(set(info.enabled_extension_names) <= set(self.listed), "an extension that is not listed")
        return self._open("instance")

    def destroy_instance(self, handle: int) -> None:
        self._close("instance")

    def get_system(self, *_: Any) -> int:
        return 7

    def get_instance_properties(self, handle: int) -> SimpleNamespace:
        return SimpleNamespace(runtime_name=b"Scripted", runtime_version=1)

    def _system_properties(self, handle: int, system: int, about: Any) -> SimpleNamespace:
        found = about._obj
        found.system_name = b"Visor"
        following = found._next
        for wish, kind, field in (
            (HANDS, SystemHandTrackingPropertiesEXT, "supports_hand_tracking"),
            (PASSTHROUGH, SystemPassthroughPropertiesFB, "supports_passthrough"),
        ):
            if wish in self.listed:
                part = kind.from_address(following)
                setattr(part, field, 1)
                following = part._next
        return SimpleNamespace(value=0)

    def enumerate_view_configuration_views(self, *_: Any) -> list[SimpleNamespace]:
        return [SimpleNamespace(recommended_image_rect_width=64, recommended_image_rect_height=48)] * 2

    def enumerate_environment_blend_modes(self, *_: Any) -> list[Any]:
        return [EnvironmentBlendMode[mode] for mode in self.modes]

    def get_instance_proc_addr(self, handle: int, name: str) -> Any:
        calls: dict[str, Callable[..., int]] = {
            "xrLocateHandJointsEXT": self._locate_joints,
            "xrDestroyHandTrackerEXT": lambda *_: self._end("hand_tracker"),
            "xrDestroyPassthroughLayerFB": lambda *_: self._end("passthrough_layer"),
            "xrDestroyPassthroughFB": lambda *_: self._end("passthrough"),
            "xrConvertTimespecTimeToTimeKHR": self._now,
        }
        function = (END if "Destroy" in name else FUNCTION)(calls.get(name, lambda *_: 0))
        self._functions.append(function)
        return function

    def _end(self, kind: str) -> int:
        self._close(kind)
        return 0

    def _now(self, instance: int, of: int, found: int) -> int:
        ctypes.c_int64.from_address(found).value = 1_000_000_000
        return 0

    # -- session -------------------------------------------------------------------------------------------

    def create_session(self, instance: int, info: Any) -> int:
        self._must(bool(info.next), "a session without a graphics binding")
        return self._open("session")

    def destroy_session(self, session: int) -> None:
        for kind in ("swapchain", "space", "hand_tracker", "passthrough"):
            # A session takes what is its own with it; but what the game has made it should have ended.
            if kind not in ("space",):
                self._must(self.alive[kind] == 0, f"a {kind} outlives its session")
            self.alive[kind] = 0
        self._close("session")

    def enumerate_reference_spaces(self, session: int) -> tuple[int, ...]:
        return self.spaces

    def create_reference_space(self, session: int, info: Any) -> int:
        self._must(info.reference_space_type in self.spaces, "a reference space that is not offered")
        return self._open("space")

    def poll_event(self, instance: int) -> Any:
        self._called("poll_event")
        if not self.events:
            raise EventUnavailable
        event = self.events.pop(0)
        if event.type == StructureType.EVENT_DATA_SESSION_STATE_CHANGED:
            self.focused = event.state == SessionState.FOCUSED
        return event

    def begin_session(self, session: int, info: Any) -> None:
        self._must(not self.running, "a session was begun twice")
        self.running = True

    def end_session(self, session: int) -> None:
        self._called("end_session")
        self._must(self.running, "a session was ended that does not run")
        self.running = False
        self.told(SessionState.IDLE, *([SessionState.EXITING] if self.exits else []))

    def request_exit_session(self, session: int) -> None:
        self._called("request_exit_session")
        self.exits = True
        self.told(SessionState.VISIBLE, SessionState.SYNCHRONIZED, SessionState.STOPPING)

    # -- frames --------------------------------------------------------------------------------------------

    def wait_frame(self, session: int, info: Any) -> SimpleNamespace:
        self._called("wait_frame")
        self._must(self.running, "a frame was waited for outside of a running session")
        self.waited = True
        return SimpleNamespace(
            predicted_display_time=1_020_000_000, predicted_display_period=11_111_111,
            should_render=self.renders,
        )  # fmt: skip

    def begin_frame(self, session: int, info: Any) -> None:
        self._called("begin_frame")
        self._must(self.waited, "a frame was begun that was not waited for")
        self.waited, self.begun = False, True
        if self.discards:
            raise FrameDiscarded

    def end_frame(self, session: int, info: Any) -> None:
        self._called("end_frame")
        self._must(self.begun, "a frame was ended that was not begun")
        self.begun = False
        self._must(info.environment_blend_mode.name in self.modes, "a way of blending that is not listed")
        layers = [layer.contents for layer in info.layers]
        self.ended.append(
            SimpleNamespace(
                mode=info.environment_blend_mode.name,
                kinds=[layer.kind for layer in layers],
                flags=[layer.layer_flags for layer in layers],
            )
        )

    def locate_views(self, session: int, info: Any) -> tuple[SimpleNamespace, list[SimpleNamespace]]:
        self._called("locate_views")
        fov = SimpleNamespace(angle_left=-0.9, angle_right=0.7, angle_up=0.75, angle_down=-0.85)
        views = [
            SimpleNamespace(pose=Posef(Quaternion(0, 0, 0, 1), Vector(0.3 + aside, 1.7, 0.2)), fov=fov)
            for aside in (-0.032, 0.032)
        ]
        return SimpleNamespace(view_state_flags=self.view_flags), views

    def enumerate_swapchain_formats(self, session: int) -> tuple[int, ...]:
        return self.formats

    def create_swapchain(self, session: int, info: Any) -> int:
        self._must(info.format in self.formats, "a format that is not offered")
        return self._open("swapchain")

    def destroy_swapchain(self, handle: int) -> None:
        self._must(self.images[handle] == 0, "a swapchain was destroyed whose image is out")
        self._close("swapchain")

    def enumerate_swapchain_images(self, handle: int, kind: Any) -> list[SimpleNamespace]:
        return [SimpleNamespace(image=10 * handle + number) for number in range(3)]

    def acquire_swapchain_image(self, handle: int, info: Any) -> int:
        self._must(self.begun, "an image was taken outside of a frame")
        self.images[handle] += 1
        return 1

    def wait_swapchain_image(self, handle: int, info: Any) -> None:
        self._called("wait_swapchain_image")

    def release_swapchain_image(self, handle: int, info: Any) -> None:
        self.images[handle] -= 1

    def create_passthrough_fb(self, session: int, info: Any) -> int:
        return self._open("passthrough")

    def create_passthrough_layer_fb(self, session: int, info: Any) -> int:
        return self._open("passthrough_layer")

    # -- hands ---------------------------------------------------------------------------------------------

    def create_hand_tracker_ext(self, session: int, info: Any) -> int:
        handle = self._open("hand_tracker")
        self.trackers[handle] = info.hand
        return handle

    def _locate_joints(self, tracker: int, wish: int, found: int) -> int:
        told = HandJointLocationsEXT.from_address(found)
        told.is_active = int(self.hands[self.trackers[tracker]])
        for number in range(JOINTS):
            joint = told.joint_locations[number]
            joint._location_flags = 0x2 | (0 if number < self.loose else 0x8)
            joint.pose = Posef(Quaternion(0, 0, 0, 1), Vector(0.01 * number, 1.2, -0.4))
        return 0

    def string_to_path(self, instance: int, path: str) -> int:
        return 1 if path.endswith("/left") else 2 if path.endswith("/right") else 3

    def create_action_set(self, instance: int, info: Any) -> int:
        return self._open("action_set")

    def destroy_action_set(self, handle: int) -> None:
        self._close("action_set")

    def create_action(self, action_set: int, info: Any) -> str:
        return str(info.action_name)

    def suggest_interaction_profile_bindings(self, instance: int, info: Any) -> None:
        self.suggested += [binding.action for binding in info.suggested_bindings]
        self._called("suggest")

    def attach_session_action_sets(self, session: int, info: Any) -> None:
        self._must(bool(self.suggested), "actions were attached before their bindings")

    def create_action_space(self, session: int, info: Any) -> tuple[str, int]:
        self._open("space")
        return info.action, info.subaction_path

    def destroy_space(self, space: Any) -> None:
        self._close("space")

    def sync_actions(self, session: int, info: Any) -> None:
        if not self.focused:
            raise SessionNotFocused

    def get_action_state_float(self, session: int, info: Any) -> SimpleNamespace:
        held = info.subaction_path in self.held
        return SimpleNamespace(current_state=self.stick[info.action], is_active=held)

    def _locate_space(self, one: Any, space: Any, time_ns: int, place: Any) -> SimpleNamespace:
        _, side = one
        found = place._obj
        found._location_flags = 0x3 if side in self.held else 0
        found.pose = Posef(Quaternion(0, 0, 0, 1), Vector(0.2, 1.2, -0.4))
        return SimpleNamespace(value=0)
