// A fine line of light on the rock: a ribbon turned to the eye, a pixel or two wide.
#include "common.glsl"
#include "rocklight.glsl"
uniform mat4 p3d_ModelViewProjectionMatrix;
in vec4 p3d_Vertex;
in vec4 place;     // along 0..1, around 0..1, tunnel, random of the strand
in vec4 lie;       // normal into the air, weight
in vec4 along;     // the strand's direction, side -1 or 1
out vec3 light;
out float across;

void main() {
    vec3 p = p3d_Vertex.xyz;
    p += lie.xyz * 0.02 * sin(TIME * 0.45 + p.y * 0.7 + p.x * 0.4);
    vec4 clip = p3d_ModelViewProjectionMatrix * vec4(p, 1.0);
    vec4 ahead = p3d_ModelViewProjectionMatrix * vec4(p + along.xyz * 0.05, 1.0);
    across = along.w;
    float weight = lie.w;
    vec3 l = rocklight(p, lie.xyz, place);
    if (weight >= 2.0) {
        weight = (weight - 2.0) * (0.8 + 0.2 * sin(TIME * 0.7 + place.w * 60.0));
        l = crystalline(l);
    }
    l *= weight;
    // Light runs along the strand, slowly, towards the end of the tunnel.
    float run = fract(place.x * 5.0 + place.w * 7.0 - TIME * 0.06);
    l *= 0.75 + 1.3 * exp(-pow((run - 0.5) * 9.0, 2.0));
    l *= smoothstep(0.3, 1.4, clip.w);
    light = l;
    vec2 direction = ahead.xy / max(ahead.w, 0.1) - clip.xy / max(clip.w, 0.1);
    direction = normalize(direction * SCREEN + vec2(1e-6, 0.0));
    float width = clamp(0.006 * FOCAL / max(clip.w, 0.1), 0.55 + 0.65 * SCREEN.y / 720.0, 2.2) + 0.5;
    clip.xy += vec2(-direction.y, direction.x) * along.w * width / SCREEN * 2.0 * clip.w;
    gl_Position = clip;
    if (clip.w < 0.2 || max(l.r, max(l.g, l.b)) < 0.002) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
}
