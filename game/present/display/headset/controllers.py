"""Controllers, and hands that the runtime tells of as controllers (XR_EXT_hand_interaction)."""

import ctypes
from typing import Any, Final

from game.present.display.headset import axes
from game.present.display.headset.instance import Instance
from game.present.display.headset.runtime import Controller, Pose

_SIDES: Final = ("left", "right")
_PROFILES: Final = (
    # (profile, what selects, the stick: up and down walks, left and right turns)
    ("/interaction_profiles/khr/simple_controller", "select/click", ""),
    ("/interaction_profiles/oculus/touch_controller", "trigger/value", "thumbstick"),
    ("/interaction_profiles/valve/index_controller", "trigger/value", "thumbstick"),
    ("/interaction_profiles/microsoft/motion_controller", "trigger/value", "thumbstick"),
    ("/interaction_profiles/htc/vive_controller", "trigger/value", "trackpad"),
)
_HANDS: Final = ("/interaction_profiles/ext/hand_interaction_ext", "pinch_ext/value", "")
_KNOWN: Final = 0x2 | 0x1
"""Flags of XrSpaceLocation: position and orientation are known."""


class Controllers:
    """The actions that a session listens to, and where its controllers are."""

    def __init__(self, instance: Instance, session: Any) -> None:
        xr = self._xr = instance.xr
        self._instance, self._session = instance.handle, session
        self._hands = [xr.string_to_path(instance.handle, f"/user/hand/{side}") for side in _SIDES]
        self._set = xr.create_action_set(
            instance.handle, xr.ActionSetCreateInfo(action_set_name="play", localized_action_set_name="Play")
        )
        kinds = xr.ActionType
        self._grip = self._action("grip", "Hand", kinds.POSE_INPUT)
        self._aim = self._action("aim", "Point", kinds.POSE_INPUT)
        self._select = self._action("select", "Pinch", kinds.FLOAT_INPUT)
        self._walk = self._action("walk", "Walk", kinds.FLOAT_INPUT)
        self._turn = self._action("turn", "Turn", kinds.FLOAT_INPUT)
        profiles = [*_PROFILES, *([_HANDS] if instance.abilities.hand_interaction else [])]
        for profile, select, stick in profiles:
            self._suggest(profile, select, stick)
        xr.attach_session_action_sets(session, xr.SessionActionSetsAttachInfo(action_sets=[self._set]))
        self._spaces = [
            tuple(
                xr.create_action_space(
                    session,
                    xr.ActionSpaceCreateInfo(
                        action=action, subaction_path=hand, pose_in_action_space=xr.Posef()
                    ),
                )
                for action in (self._grip, self._aim)
            )
            for hand in self._hands
        ]

    def _action(self, name: str, shown: str, kind: Any) -> Any:
        xr = self._xr
        paths = (xr.Path * 2)(*self._hands)
        info = xr.ActionCreateInfo(
            action_name=name, action_type=kind, count_subaction_paths=2, subaction_paths=paths,
            localized_action_name=shown,
        )  # fmt: skip
        return xr.create_action(self._set, info)

    def _suggest(self, profile: str, select: str, stick: str) -> None:
        xr = self._xr
        pairs = [(self._grip, "grip/pose"), (self._aim, "aim/pose"), (self._select, select)]
        if stick:
            pairs += [(self._walk, f"{stick}/y"), (self._turn, f"{stick}/x")]
        wishes = [
            xr.ActionSuggestedBinding(
                action=action, binding=xr.string_to_path(self._instance, f"/user/hand/{side}/input/{part}")
            )
            for action, part in pairs
            for side in _SIDES
        ]
        path = xr.string_to_path(self._instance, profile)
        try:
            xr.suggest_interaction_profile_bindings(
                self._instance,
                xr.InteractionProfileSuggestedBinding(interaction_profile=path, suggested_bindings=wishes),
            )
        except xr.PathUnsupportedError:
            return  # this runtime has never heard of that controller

    def at(self, time_ns: int, space: Any) -> tuple[Controller, ...]:
        """The controllers that are held, at the runtime's ``time_ns`` in ``space``; only with the focus."""
        xr = self._xr
        active = xr.ActiveActionSet(action_set=self._set, subaction_path=xr.NULL_PATH)
        try:
            xr.sync_actions(self._session, xr.ActionsSyncInfo(active_action_sets=[active]))
        except xr.SessionNotFocused:
            return ()
        held: list[Controller] = []
        for side, hand, spaces in zip(_SIDES, self._hands, self._spaces, strict=True):
            grip, aim = (self._pose(one, space, time_ns) for one in spaces)
            if grip is None or aim is None:
                continue
            select, walk, turn = (
                self._value(action, hand) for action in (self._select, self._walk, self._turn)
            )
            held.append(Controller(side=side, grip=grip, aim=aim, select=select, walk=walk, turn=turn))
        return tuple(held)

    def _value(self, action: Any, hand: Any) -> float:
        xr = self._xr
        state = xr.get_action_state_float(
            self._session, xr.ActionStateGetInfo(action=action, subaction_path=hand)
        )
        return float(state.current_state) if state.is_active else 0.0

    def _pose(self, one: Any, space: Any, time_ns: int) -> Pose | None:
        place = self._xr.SpaceLocation()
        result = self._xr.raw_functions.xrLocateSpace(one, space, time_ns, ctypes.byref(place))
        if result.value < 0:
            raise self._xr.check_result(result)
        if place._location_flags & _KNOWN != _KNOWN:
            return None
        return pose(place.pose)

    def close(self) -> None:
        for pair in self._spaces:
            for space in pair:
                self._xr.destroy_space(space)
        self._spaces = []
        self._xr.destroy_action_set(self._set)


def pose(found: Any) -> Pose:
    """An XrPosef in the game's axes."""
    at, turn = found.position, found.orientation
    return Pose(at_m=axes.place(at.x, at.y, at.z), turn=axes.turned(turn.x, turn.y, turn.z, turn.w))
