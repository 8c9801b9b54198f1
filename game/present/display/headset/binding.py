"""The OpenGL context that draws, in the words in which OpenXR wants to be told of it.

The context must be current on this thread. The Windows binding has not been run.
"""

import ctypes
import sys
from typing import Any, Final

from game.present.display.headset.runtime import NoHeadset

_EGL_CONFIG_ID: Final = 0x3028
_GLX_FBCONFIG_ID: Final = 0x8013
_GLX_VISUAL_ID: Final = 0x800B
_GLX_SCREEN: Final = 0x800C


def extensions(platform: str = sys.platform) -> tuple[str, ...]:
    """Extensions of which one context or another may need one, besides XR_KHR_opengl_enable."""
    return ("XR_MNDX_egl_enable",) if platform.startswith("linux") else ()


def current_binding(xr: Any, enabled: set[str], platform: str = sys.platform) -> Any:
    """The binding of the context that is current, for `XrSessionCreateInfo.next`; raises NoHeadset."""
    if platform == "win32":
        return _wgl(xr)
    if platform.startswith("linux"):
        return _egl(xr, enabled) or _glx(xr)
    raise NoHeadset("OpenXR draws with OpenGL on Linux and Windows only, not on this system.")


def _wgl(xr: Any) -> Any:
    gl = ctypes.windll.opengl32  # type: ignore[attr-defined,unused-ignore]
    gl.wglGetCurrentDC.restype = gl.wglGetCurrentContext.restype = ctypes.c_void_p
    device, context = gl.wglGetCurrentDC(), gl.wglGetCurrentContext()
    if not device or not context:
        raise NoHeadset("The headset needs a picture drawn by OpenGL, and none is.")
    return xr.GraphicsBindingOpenGLWin32KHR(h_dc=device, h_glrc=context)


def _egl(xr: Any, enabled: set[str]) -> Any:
    """The binding of a current EGL context; None where there is none."""
    try:
        egl = ctypes.CDLL("libEGL.so.1")
    except OSError:
        return None
    for name in ("eglGetCurrentContext", "eglGetCurrentDisplay"):
        getattr(egl, name).restype = ctypes.c_void_p
    context, display = egl.eglGetCurrentContext(), egl.eglGetCurrentDisplay()
    if not context:
        return None
    if "XR_MNDX_egl_enable" not in enabled:
        raise NoHeadset("This OpenXR runtime takes no picture that is drawn without a screen.")
    number = ctypes.c_int()
    pointer = ctypes.c_void_p
    egl.eglQueryContext(pointer(display), pointer(context), _EGL_CONFIG_ID, ctypes.byref(number))
    wanted = (ctypes.c_int * 3)(_EGL_CONFIG_ID, number.value, 0x3038)
    config, count = ctypes.c_void_p(), ctypes.c_int()
    egl.eglChooseConfig(pointer(display), wanted, ctypes.byref(config), 1, ctypes.byref(count))
    if count.value != 1:
        raise NoHeadset(f"EGL does not tell the configuration of its own context (number {number.value}).")
    binding = xr.GraphicsBindingEGLMNDX()
    field = dict(binding._fields_)
    binding.get_proc_address = ctypes.cast(egl.eglGetProcAddress, field["get_proc_address"])
    for name, value in (("display", display), ("config", config.value), ("context", context)):
        setattr(binding, name, ctypes.cast(ctypes.c_void_p(value), field[name]))
    return binding


def _glx(xr: Any) -> Any:
    try:
        glx, x11 = ctypes.CDLL("libGL.so.1"), ctypes.CDLL("libX11.so.6")
    except OSError as error:
        raise NoHeadset(f"The headset needs OpenGL on X11: {error}.") from error
    for name in ("glXGetCurrentContext", "glXGetCurrentDisplay", "glXGetCurrentDrawable"):
        getattr(glx, name).restype = ctypes.c_void_p
    context, display = glx.glXGetCurrentContext(), glx.glXGetCurrentDisplay()
    if not context:
        raise NoHeadset("The headset needs a picture drawn by OpenGL, and none is.")
    pointer = ctypes.c_void_p
    number, screen, visual, count = (ctypes.c_int() for _ in range(4))
    for what, into in ((_GLX_FBCONFIG_ID, number), (_GLX_SCREEN, screen)):
        glx.glXQueryContext(pointer(display), pointer(context), what, ctypes.byref(into))
    wanted = (ctypes.c_int * 3)(_GLX_FBCONFIG_ID, number.value, 0)
    glx.glXChooseFBConfig.restype = ctypes.POINTER(ctypes.c_void_p)
    configs = glx.glXChooseFBConfig(pointer(display), screen, wanted, ctypes.byref(count))
    if not configs or count.value < 1:
        raise NoHeadset(f"X11 does not tell the configuration of its own context (number {number.value}).")
    config = configs[0]
    glx.glXGetFBConfigAttrib(pointer(display), pointer(config), _GLX_VISUAL_ID, ctypes.byref(visual))
    x11.XFree(configs)
    binding = xr.GraphicsBindingOpenGLXlibKHR()
    field = dict(binding._fields_)
    binding.x_display = ctypes.cast(display, field["x_display"])
    binding.visualid = visual.value
    binding.glx_fbconfig = ctypes.cast(config, field["glx_fbconfig"])
    binding.glx_drawable = glx.glXGetCurrentDrawable() or 0
    binding.glx_context = ctypes.cast(context, field["glx_context"])
    return binding
