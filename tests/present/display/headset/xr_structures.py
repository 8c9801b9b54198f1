"""The names of the package pyopenxr that the game uses: errors, numbers, structures, and nothing behind."""

import ctypes
from enum import IntEnum, IntFlag
from types import SimpleNamespace
from typing import Any

JOINTS = 26


class XrException(Exception):
    pass


class EventUnavailable(XrException):
    pass


class FrameDiscarded(XrException):
    pass


class SessionNotFocused(XrException):
    pass


class PathUnsupportedError(XrException):
    pass


class InstanceLostError(XrException):
    pass


class SessionLostError(XrException):
    pass


class EnvironmentBlendMode(IntEnum):
    OPAQUE = 1
    ADDITIVE = 2
    ALPHA_BLEND = 3


class SessionState(IntEnum):
    IDLE = 1
    READY = 2
    SYNCHRONIZED = 3
    VISIBLE = 4
    FOCUSED = 5
    STOPPING = 6
    LOSS_PENDING = 7
    EXITING = 8


class StructureType(IntEnum):
    EVENT_DATA_INSTANCE_LOSS_PENDING = 17
    EVENT_DATA_SESSION_STATE_CHANGED = 18
    EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING = 40


class ReferenceSpaceType(IntEnum):
    VIEW = 1
    LOCAL = 2
    STAGE = 3


class SwapchainUsageFlags(IntFlag):
    COLOR_ATTACHMENT_BIT = 1
    TRANSFER_DST_BIT = 16
    SAMPLED_BIT = 32


class CompositionLayerFlags(IntFlag):
    NONE = 0
    BLEND_TEXTURE_SOURCE_ALPHA_BIT = 2


class ViewStateFlags(IntFlag):
    ORIENTATION_VALID_BIT = 1
    POSITION_VALID_BIT = 2


class EventDataSessionStateChanged(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("state", ctypes.c_int)]


class Vector(ctypes.Structure):
    _fields_ = [(name, ctypes.c_float) for name in "xyz"]


class Quaternion(ctypes.Structure):
    _fields_ = [(name, ctypes.c_float) for name in "xyzw"]


class Posef(ctypes.Structure):
    _fields_ = [("orientation", Quaternion), ("position", Vector)]


class SpaceLocation(ctypes.Structure):
    _fields_ = [("_location_flags", ctypes.c_uint64), ("pose", Posef)]


class HandJointLocationEXT(SpaceLocation):
    pass


class HandJointLocationsEXT(ctypes.Structure):
    _fields_ = [
        ("is_active", ctypes.c_uint32),
        ("joint_count", ctypes.c_uint32),
        ("joint_locations", ctypes.POINTER(HandJointLocationEXT)),
    ]

    def __init__(self, *, joint_count: int, joint_locations: Any) -> None:
        super().__init__(0, joint_count, ctypes.cast(joint_locations, ctypes.POINTER(HandJointLocationEXT)))


class HandJointsLocateInfoEXT(ctypes.Structure):
    _fields_ = [("base_space", ctypes.c_uint64), ("time", ctypes.c_int64)]


class SystemProperties(ctypes.Structure):
    _fields_ = [("_next", ctypes.c_void_p), ("system_name", ctypes.c_char * 32)]


class SystemHandTrackingPropertiesEXT(ctypes.Structure):
    _fields_ = [("_next", ctypes.c_void_p), ("supports_hand_tracking", ctypes.c_uint32)]


class SystemPassthroughPropertiesFB(ctypes.Structure):
    _fields_ = [("_next", ctypes.c_void_p), ("supports_passthrough", ctypes.c_uint32)]


class GraphicsRequirementsOpenGLKHR(ctypes.Structure):
    _fields_ = [("least", ctypes.c_uint64)]


class timespec(ctypes.Structure):  # noqa: N801
    _fields_ = [("tv_sec", ctypes.c_long), ("tv_nsec", ctypes.c_long)]


class CompositionLayerBaseHeader(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int), ("layer_flags", ctypes.c_uint64)]


class _Layer(CompositionLayerBaseHeader):
    def __init__(self, flags: int, **told: Any) -> None:
        super().__init__(type(self).KIND, int(flags))
        self.told = told


class CompositionLayerProjection(_Layer):
    KIND = 1

    def __init__(self, *, layer_flags: int, **told: Any) -> None:
        super().__init__(layer_flags, **told)


class CompositionLayerPassthroughFB(_Layer):
    KIND = 2

    def __init__(self, *, flags: int, **told: Any) -> None:
        super().__init__(flags, **told)


FUNCTION = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
END = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)


class Names(SimpleNamespace):
    """What a module has besides its functions."""

    XrException, EventUnavailable, FrameDiscarded = XrException, EventUnavailable, FrameDiscarded
    SessionNotFocused, PathUnsupportedError = SessionNotFocused, PathUnsupportedError
    EnvironmentBlendMode, SessionState, StructureType = EnvironmentBlendMode, SessionState, StructureType
    ReferenceSpaceType, SwapchainUsageFlags = ReferenceSpaceType, SwapchainUsageFlags
    CompositionLayerFlags, ViewStateFlags = CompositionLayerFlags, ViewStateFlags
    EventDataSessionStateChanged, Posef, SpaceLocation = EventDataSessionStateChanged, Posef, SpaceLocation
    HandJointLocationEXT, HandJointLocationsEXT = HandJointLocationEXT, HandJointLocationsEXT
    HandJointsLocateInfoEXT, SystemProperties = HandJointsLocateInfoEXT, SystemProperties
    SystemHandTrackingPropertiesEXT = SystemHandTrackingPropertiesEXT
    SystemPassthroughPropertiesFB = SystemPassthroughPropertiesFB
    GraphicsRequirementsOpenGLKHR, timespec = GraphicsRequirementsOpenGLKHR, timespec
    CompositionLayerBaseHeader = CompositionLayerBaseHeader
    CompositionLayerProjection = CompositionLayerProjection
    CompositionLayerPassthroughFB = CompositionLayerPassthroughFB
    FormFactor = SimpleNamespace(HEAD_MOUNTED_DISPLAY=1)
    ViewConfigurationType = SimpleNamespace(PRIMARY_STEREO=2)
    HandEXT = SimpleNamespace(LEFT=1, RIGHT=2)
    ActionType = SimpleNamespace(POSE_INPUT=4, FLOAT_INPUT=2)
    PassthroughFlagsFB = SimpleNamespace(IS_RUNNING_AT_CREATION_BIT=1)
    PassthroughLayerPurposeFB = SimpleNamespace(RECONSTRUCTION=0)
    SwapchainImageOpenGLKHR = object
    Time, Path, NULL_PATH = ctypes.c_int64, ctypes.c_uint64, 0

    def __getattr__(self, name: str) -> Any:
        if name.startswith("PFN_"):
            return END if "Destroy" in name else FUNCTION
        # Other structures are what they are given.
        return lambda *args, **fields: SimpleNamespace(args=args, **fields)
