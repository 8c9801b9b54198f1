"""A headset whose cameras see a room of one colour: an OpenXR API layer, in this process and for tests only.

Monado's simulated headset lists no way of seeing the room. This layer lists those that it is given, and lays
a wall of light of one colour under the game's picture, so that the runtime's own compositor blends the two by
the game's alpha. Below it every frame is opaque.
"""

import ctypes
from ctypes import POINTER, byref, c_void_p, cast, pointer
from typing import Any, Final

import xr
from OpenGL import GL

NAME: Final = "XR_APILAYER_HOLLOW_test_room"
ROOM: Final = (200, 160, 60)
_SIZE: Final = 16
_FAR_M: Final = 3.0
_WIDE_M: Final = 40.0


class RoomLayer(xr.DynamicApiLayerBase):  # type: ignore[misc,unused-ignore]
    """Made before the instance; its name goes into ``XR_ENABLE_API_LAYERS``."""

    def __init__(self, modes: tuple[str, ...]) -> None:
        super().__init__(NAME, "a room of one colour")
        self._modes = [xr.EnvironmentBlendMode[mode].value for mode in modes]
        self.submitted: dict[str, int] = {}
        """How many frames were ended in each mode."""
        self.faults: list[str] = []
        self._instance: int | None = None
        self._wall: Any = None
        self._kept: list[Any] = []
        self._lookup = xr.PFN_xrGetInstanceProcAddr(self._find)
        self._create = xr.PFN_xrCreateApiLayerInstance(self._create_instance)
        self._own = {
            b"xrEnumerateEnvironmentBlendModes": xr.PFN_xrEnumerateEnvironmentBlendModes(self._list_modes),
            b"xrDestroySession": xr.PFN_xrDestroySession(self._forget),
            b"xrEndFrame": xr.PFN_xrEndFrame(self._end_frame),
        }

    def negotiate_loader_api_layer_interface(self, loader_info: Any, layer_name: Any, request: Any) -> Any:
        request.layer_interface_version = 1
        request.layer_api_version = xr.Version(1, 0, 34).number()
        request.get_instance_proc_addr = self._lookup
        request.create_api_layer_instance = self._create
        return xr.Result.SUCCESS

    def _create_instance(self, info: Any, layer_info: Any, instance: Any) -> Any:
        here = layer_info.contents
        below = here.next_info.contents
        # The address is copied, because the loader frees what it stands in.
        self._below = xr.PFN_xrGetInstanceProcAddr(cast(below.next_get_instance_proc_addr, c_void_p).value)
        passed = xr.ApiLayerCreateInfo()
        ctypes.memmove(byref(passed), byref(here), ctypes.sizeof(passed))
        passed.next_info = below.next
        result = below.next_create_api_layer_instance(info, pointer(passed), instance)
        if result == 0:
            self._instance = cast(instance, POINTER(c_void_p)).contents.value
        return result

    def _find(self, instance: Any, name: bytes, found: Any) -> Any:
        if name in self._own:
            ctypes.memmove(found, byref(self._own[name]), ctypes.sizeof(c_void_p))
            return 0
        return self._below(instance, name, found)

    def _call(self, name: str, *arguments: Any) -> None:
        function = xr.PFN_xrVoidFunction()
        self._below(cast(c_void_p(self._instance), xr.Instance), name.encode(), pointer(function))
        result = cast(function, getattr(xr, "PFN_" + name))(*arguments)
        if int(result) != 0:
            raise RuntimeError(f"{name} gave {int(result)}")

    def _list_modes(
        self, instance: Any, system: Any, view: Any, capacity: int, count: Any, modes: Any
    ) -> int:
        count[0] = len(self._modes)
        for number, mode in enumerate(self._modes[:capacity]):
            modes[number] = mode
        return 0

    def _forget(self, session: Any) -> int:
        self._wall = None
        self._call("xrDestroySession", session)
        return 0

    def _build_wall(self, session: Any) -> None:
        info = xr.SwapchainCreateInfo(
            usage_flags=xr.SwapchainUsageFlags.COLOR_ATTACHMENT_BIT | xr.SwapchainUsageFlags.SAMPLED_BIT,
            create_flags=xr.SwapchainCreateFlags.STATIC_IMAGE_BIT, format=GL.GL_SRGB8_ALPHA8, sample_count=1,
            width=_SIZE, height=_SIZE, face_count=1, array_size=1, mip_count=1,
        )  # fmt: skip
        chain, space = xr.Swapchain(), xr.Space()
        self._call("xrCreateSwapchain", session, pointer(info), pointer(chain))
        view = xr.ReferenceSpaceCreateInfo(xr.ReferenceSpaceType.VIEW, xr.Posef())
        self._call("xrCreateReferenceSpace", session, pointer(view), pointer(space))
        count, number = ctypes.c_uint32(), ctypes.c_uint32()
        images = (xr.SwapchainImageOpenGLKHR * 4)(*(xr.SwapchainImageOpenGLKHR() for _ in range(4)))
        self._call("xrEnumerateSwapchainImages", chain, 4, byref(count),
                   cast(images, POINTER(xr.SwapchainImageBaseHeader)))  # fmt: skip
        self._call("xrAcquireSwapchainImage", chain, pointer(xr.SwapchainImageAcquireInfo()), byref(number))
        self._call("xrWaitSwapchainImage", chain, pointer(xr.SwapchainImageWaitInfo(10**9)))
        bound = int(GL.glGetIntegerv(GL.GL_TEXTURE_BINDING_2D))
        GL.glBindTexture(GL.GL_TEXTURE_2D, images[number.value].image)
        pixels = bytes((*ROOM, 255)) * (_SIZE * _SIZE)
        GL.glTexSubImage2D(GL.GL_TEXTURE_2D, 0, 0, 0, _SIZE, _SIZE, GL.GL_RGBA, GL.GL_UNSIGNED_BYTE, pixels)
        GL.glBindTexture(GL.GL_TEXTURE_2D, bound)
        self._call("xrReleaseSwapchainImage", chain, pointer(xr.SwapchainImageReleaseInfo()))
        whole = xr.Rect2Di(xr.Offset2Di(0, 0), xr.Extent2Di(_SIZE, _SIZE))
        part = xr.SwapchainSubImage(chain, whole, 0)
        self._wall = xr.CompositionLayerQuad(
            space=space, eye_visibility=xr.EyeVisibility.BOTH, sub_image=part,
            pose=xr.Posef(xr.Quaternionf(0, 0, 0, 1), xr.Vector3f(0, 0, -_FAR_M)),
            size=xr.Extent2Df(_WIDE_M, _WIDE_M),
        )  # fmt: skip
        self._kept = [chain, space, images]

    def _end_frame(self, session: Any, info: Any) -> int:
        try:
            ended = info.contents
            mode = ended.environment_blend_mode
            self.submitted[mode.name] = self.submitted.get(mode.name, 0) + 1
            if mode.value not in self._modes:
                return int(xr.Result.ERROR_ENVIRONMENT_BLEND_MODE_UNSUPPORTED.value)
            layers = [ended._layers[number] for number in range(ended.layer_count)]
            if mode == xr.EnvironmentBlendMode.ALPHA_BLEND and layers:
                if not any(int(layer.contents.layer_flags) & 2 for layer in layers):
                    self.faults.append("a layer that is blended by alpha does not say so")
                if self._wall is None:
                    self._build_wall(session)
                layers.insert(0, cast(pointer(self._wall), POINTER(xr.CompositionLayerBaseHeader)))
            table = (POINTER(xr.CompositionLayerBaseHeader) * max(1, len(layers)))(*layers)
            below = xr.FrameEndInfo(ended.display_time, xr.EnvironmentBlendMode.OPAQUE)
            below._next, below.layer_count = ended._next, len(layers)
            below._layers = cast(table, type(below._layers))
            self._call("xrEndFrame", session, pointer(below))
            return 0
        except Exception as error:  # noqa: BLE001 - nothing may leave a callback of C
            self.faults.append(repr(error))
            return int(xr.Result.ERROR_RUNTIME_FAILURE.value)
