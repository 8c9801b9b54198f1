#!/bin/bash
# A real OpenXR runtime (Monado, with a simulated headset) for the tests: no headset, no graphics card, no display.
#
#   runtime.sh setup                 once: extracts the runtime, about 650 MB, from Debian's packages (mmdebstrap)
#   runtime.sh null   SCRIPT ARGS    runs a Python script with a headset whose pictures go nowhere, 20 a second
#   runtime.sh window SCRIPT ARGS    the same with a real compositor that shows both eyes in an X window
#   runtime.sh remote SCRIPT ARGS    the same as null, head and hands scripted over TCP by remote.py
#   runtime.sh worn   SCRIPT ARGS    the same as window, head and hands scripted likewise
#   runtime.sh dead   SCRIPT ARGS    a runtime that is set up, but whose service does not run
#
# HOLLOW_OPENXR is where the runtime lies (default ~/.cache/hollow-openxr). The script runs under the runtime's own
# dynamic loader, because the runtime wants a newer C library than older systems have. Exit status: the script's.
set -u
root=${HOLLOW_OPENXR:-$HOME/.cache/hollow-openxr}
lib=$root/usr/lib/x86_64-linux-gnu
mode=${1:-}
if [ "$mode" = setup ]; then
    [ -e "$lib/libopenxr_monado.so" ] && exit 0
    command -v mmdebstrap >/dev/null || { echo "The runtime is set up with mmdebstrap (Debian: mmdebstrap)." >&2; exit 1; }
    mkdir -p "$(dirname "$root")"
    exec mmdebstrap --quiet --variant=extract --include=monado-service,libopenxr1-monado,mesa-vulkan-drivers,libgl1-mesa-dri,libglx-mesa0,libegl1,libegl-mesa0,libgl1,libvulkan1 trixie "$root"
fi
[ -e "$lib/libopenxr_monado.so" ] || { echo "No runtime in $root: run $0 setup." >&2; exit 3; }
export XDG_RUNTIME_DIR
XDG_RUNTIME_DIR=$(mktemp -d)
export XRT_NO_STDIN=1 LIBGL_DRIVERS_PATH=$lib/dri __EGL_VENDOR_LIBRARY_DIRS=$root/usr/share/glvnd/egl_vendor.d
export VK_DRIVER_FILES=$XDG_RUNTIME_DIR/vulkan.json XR_RUNTIME_JSON=$XDG_RUNTIME_DIR/runtime.json
printf '{"file_format_version":"1.0.0","ICD":{"library_path":"%s","api_version":"1.4.305"}}' \
    "$lib/libvulkan_lvp.so" > "$VK_DRIVER_FILES"
printf '{"file_format_version":"1.0.0","runtime":{"name":"Monado","library_path":"%s"}}' \
    "$lib/libopenxr_monado.so" > "$XR_RUNTIME_JSON"
within() { exec "$lib/ld-linux-x86-64.so.2" --library-path "$lib:$root/usr/lib:$lib/blas:$lib/lapack:$lib/pulseaudio" "$@"; }
case $mode in
    null | dead) export XRT_COMPOSITOR_NULL=1 SIMULATED_ENABLE=1 ;;
    window) export XRT_COMPOSITOR_FORCE_XCB=1 XRT_COMPOSITOR_SCALE_PERCENTAGE=40 SIMULATED_ENABLE=1 ;;
    # The remote driver listens on every address: in a network of its own nobody else reaches it.
    remote | worn) [ -n "${HOLLOW_UNSHARED:-}" ] || HOLLOW_UNSHARED=1 exec unshare -rn "$0" "$@"
            ip link set lo up
            export P_OVERRIDE_ACTIVE_CONFIG=remote
            if [ "$mode" = worn ]; then export XRT_COMPOSITOR_FORCE_XCB=1 XRT_COMPOSITOR_SCALE_PERCENTAGE=40
            else export XRT_COMPOSITOR_NULL=1; fi ;;
    *) sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
shift
# For a test that starts the service once more, or another program of the headset.
loads="$lib/ld-linux-x86-64.so.2 --library-path $lib:$root/usr/lib:$lib/blas:$lib/lapack:$lib/pulseaudio"
python=$(readlink -f "$(command -v python)")
export HOLLOW_SERVICE_AGAIN="$loads $root/usr/bin/monado-service" HOLLOW_PYTHON="$loads $python"
service=
if [ "$mode" != dead ]; then
    ( within "$root/usr/bin/monado-service" ) > "$XDG_RUNTIME_DIR/service.log" 2>&1 &
    service=$!
    for _ in $(seq 600); do [ -S "$XDG_RUNTIME_DIR/monado_comp_ipc" ] && break; sleep .1; done
fi
trap '[ -n "$service" ] && kill "$service" 2>/dev/null; wait 2>/dev/null; rm -rf "$XDG_RUNTIME_DIR"' EXIT
# The virtual environment's packages, for a Python that does not know of it under another loader.
packages=$(python -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
export HOLLOW_SERVICE=$service PYTHONPATH=${PYTHONPATH:+$PYTHONPATH:}$packages
( within "$python" "$@" )
