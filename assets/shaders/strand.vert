// A strand of light on the rock: a ribbon turned to the eye that its fragments fill with dust.
#include "common.glsl"
#include "rocklight.glsl"
uniform mat4 p3d_ModelViewProjectionMatrix;
in vec4 p3d_Vertex;
in vec4 place;     // along 0..1, around 0..1, tunnel, random of the strand
in vec4 lie;       // normal into the air, weight
in vec4 along;     // the strand's direction, side -1 or 1
in float run;      // metres from the strand's beginning; below 0 it is a plain line
out vec3 light;
out vec3 dust;     // metres along, part of the half width across, half width in metres
flat out float grainy;

const float WIDE_M = 0.045;

void main() {
    vec3 p = p3d_Vertex.xyz;
    p += lie.xyz * 0.02 * sin(TIME * 0.45 + p.y * 0.7 + p.x * 0.4);
    vec4 clip = p3d_ModelViewProjectionMatrix * vec4(p, 1.0);
    light = vec3(0.0);
    dust = vec3(run, along.w, WIDE_M);
    grainy = run < 0.0 ? 0.0 : 1.0;
    // A dark end narrows to nothing; moving it away would drag its triangle across the picture.
    gl_Position = clip;
    if (clip.w < 0.2 || abs(clip.x) > clip.w * 1.6 || abs(clip.y) > clip.w * 1.6) return;
    vec4 ahead = p3d_ModelViewProjectionMatrix * vec4(p + along.xyz * 0.05, 1.0);
    float weight = lie.w;
    vec3 l = rocklight(p, lie.xyz, place);
    if (weight >= 2.0) {
        weight = (weight - 2.0) * (0.8 + 0.2 * sin(TIME * 0.7 + place.w * 60.0));
        l = crystalline(l);
    }
    l *= weight;
    // Light runs along the strand, slowly, towards the end of the tunnel.
    float pulse = fract(place.x * 5.0 + place.w * 7.0 - TIME * 0.06);
    l *= 0.75 + 1.3 * exp(-pow((pulse - 0.5) * 9.0, 2.0));
    l *= smoothstep(0.3, 1.4, clip.w);
    if (max(l.r, max(l.g, l.b)) < 0.002) return;
    vec2 direction = ahead.xy / max(ahead.w, 0.1) - clip.xy / clip.w;
    direction = normalize(direction * SCREEN + vec2(1e-6, 0.0));
    float least = 0.75 + 0.65 * SCREEN.y / 720.0;
    float pixels_a_metre = FOCAL / clip.w;
    float half_px = max(least, grainy * WIDE_M * pixels_a_metre);
    clip.xy += vec2(-direction.y, direction.x) * along.w * half_px / SCREEN * 2.0 * clip.w;
    light = l;
    dust = vec3(run, along.w, half_px / pixels_a_metre);
    gl_Position = clip;
}
