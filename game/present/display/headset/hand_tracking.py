"""The joints of both hands, by XR_EXT_hand_tracking."""

import ctypes
from typing import Any, Final

from game.present.display.headset import axes
from game.present.display.headset.instance import Instance
from game.present.display.headset.runtime import Joints

JOINTS: Final = 26
_VALID, _TRACKED = 0x2, 0x8
"""Flags of XrSpaceLocation for a position that is known, and one that is measured now."""


class HandTrackers:
    """One tracker a hand. Joints of hands that are not seen are not told."""

    def __init__(self, instance: Instance, session: Any) -> None:
        xr = self._xr = instance.xr
        self._locate = instance.call("xrLocateHandJointsEXT")
        self._drop = instance.call("xrDestroyHandTrackerEXT")
        self._trackers: list[tuple[str, Any]] = []
        for side, hand in (("left", xr.HandEXT.LEFT), ("right", xr.HandEXT.RIGHT)):
            made = xr.create_hand_tracker_ext(session, xr.HandTrackerCreateInfoEXT(hand=hand))
            self._trackers.append((side, made))
        self._joints = (xr.HandJointLocationEXT * JOINTS)()
        self._found = xr.HandJointLocationsEXT(joint_count=JOINTS, joint_locations=self._joints)
        self._wish = xr.HandJointsLocateInfoEXT()

    def at(self, time_ns: int, space: Any) -> tuple[Joints, ...]:
        """The hands that are seen at the runtime's ``time_ns``, in ``space``."""
        xr = self._xr
        self._wish.base_space, self._wish.time = space, time_ns
        hands: list[Joints] = []
        for side, tracker in self._trackers:
            result = self._locate(tracker, ctypes.byref(self._wish), ctypes.byref(self._found))
            if result < 0:
                raise xr.check_result(xr.Result(result))
            joints = self._joints
            if not self._found.is_active or not all(joint._location_flags & _VALID for joint in joints):
                continue
            places = []
            for joint in joints:
                at = joint.pose.position
                places.append(axes.place(at.x, at.y, at.z))
            tracked = sum(1 for joint in joints if joint._location_flags & _TRACKED)
            hands.append(Joints(side=side, places=tuple(places), sure=tracked / JOINTS))
        return tuple(hands)

    def close(self) -> None:
        for _, tracker in self._trackers:
            self._drop(tracker)
        self._trackers.clear()
