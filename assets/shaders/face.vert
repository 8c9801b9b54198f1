// The front of the head: eyes and mouth are drawn on it.
#include "common.glsl"
#include "childbones.glsl"
uniform mat4 p3d_ModelViewProjectionMatrix;
in vec4 p3d_Vertex;
in vec4 lie;
in vec2 face;      // azimuth and elevation from the head's centre
out vec2 at;
out float facing;

void main() {
    vec3 p = boned(2, vec4(p3d_Vertex.xyz, 1.0));
    vec3 n = boned(2, vec4(lie.xyz, 0.0));
    facing = dot(normalize(n), normalize(EYE - p));
    at = face;
    gl_Position = p3d_ModelViewProjectionMatrix * vec4(p, 1.0);
    // The face lies on the skin, and the shadow's large points would cut into it: it counts as nearer by a
    // hand's breadth, and rock before it still hides it.
    vec4 nearer = p3d_ModelViewProjectionMatrix * vec4(p + 0.09 * normalize(EYE - p), 1.0);
    gl_Position.z = nearer.z / nearer.w * gl_Position.w;
    if (EYES <= 0.002) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
