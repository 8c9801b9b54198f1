// What the Child stands before is hidden: large points that write depth and no light.
#include "common.glsl"
#include "childbones.glsl"
uniform mat4 p3d_ModelViewProjectionMatrix;
in vec4 p3d_Vertex;
in vec4 lie;
in vec4 skin;

void main() {
    gl_PointSize = 1.0;
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    if (BODY < 0.35) return;
    vec4 clip = p3d_ModelViewProjectionMatrix * vec4(skinned(skin, vec4(p3d_Vertex.xyz, 1.0)), 1.0);
    gl_PointSize = clamp(0.032 * FOCAL / max(clip.w, 0.2), 2.0, 64.0);
    gl_Position = clip;
}
