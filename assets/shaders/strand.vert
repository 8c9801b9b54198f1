// A strand of light on the rock: a ribbon turned to the eye that its fragments fill with dust.
#include "common.glsl"
#include "rocklight.glsl"
#include "water.glsl"
uniform mat4 p3d_ModelViewProjectionMatrix;
in vec4 p3d_Vertex;
in vec4 place;     // along 0..1, around 0..1, tunnel, random of the strand
in vec4 lie;       // normal into the air, weight
in vec4 along;     // the strand's direction, side -1 or 1
in float run;      // metres from the strand's beginning
out vec3 light;
out vec3 dust;     // metres along, part of the half width across, half width in metres
out float strewn;  // light of the dust beside the line

const float WIDE_M = 0.014;

void main() {
    light = vec3(0.0);
    strewn = 0.0;
    dust = vec3(run, along.w, WIDE_M);
    // A dark end narrows to nothing; moving it away would drag its triangle across the picture.
    if (!maybe_seen(p3d_Vertex.xyz, place, p3d_ModelViewProjectionMatrix)) {
        vec3 rest = p3d_Vertex.xyz;
        if (mirror > 0.5) rest.z = 2.0 * film_of(place) - rest.z;
        gl_Position = p3d_ModelViewProjectionMatrix * vec4(rest, 1.0);
        return;
    }
    vec3 p = stirred(p3d_Vertex.xyz, lie.xyz);
    vec3 at = p;
    float share = 1.0;
    vec3 way = along.xyz * 0.05;
    if (mirror > 0.5) {
        share = reflected(at, place);
        way.z = -way.z;
    } else {
        float film = film_of(place);
        if (p.z < film + 0.12) share = 1.0 - 0.9 * wet(p.xy, film);
    }
    vec4 clip = p3d_ModelViewProjectionMatrix * vec4(at, 1.0);
    gl_Position = clip;
    if (share <= 0.0 || clip.w < 0.2 || abs(clip.x) > clip.w * 1.6 || abs(clip.y) > clip.w * 1.6) return;
    vec4 ahead = p3d_ModelViewProjectionMatrix * vec4(at + way, 1.0);
    vec3 l = rocklight(p, lie.xyz, place) * lie.w * share * LINE_GAIN * thinned(at, place.w);
    // Light runs along the strand, slowly, towards the end of the tunnel.
    float pulse = fract(place.x * 5.0 + place.w * 7.0 - TIME * 0.06);
    l *= 0.75 + 1.3 * exp(-pow((pulse - 0.5) * 9.0, 2.0));
    l *= smoothstep(0.3, 1.4, clip.w);
    if (max(l.r, max(l.g, l.b)) < 0.002) return;
    vec2 direction = ahead.xy / max(ahead.w, 0.1) - clip.xy / clip.w;
    direction = normalize(direction * SCREEN + vec2(1e-6, 0.0));
    float least = 0.6 + 0.55 * SCREEN.y / 720.0;
    float pixels_a_metre = FOCAL / clip.w;
    vec2 across = vec2(-direction.y, direction.x);
    float half_px = max(least, WIDE_M * pixels_a_metre);
    float metres = half_px / pixels_a_metre;
    vec2 aside = across * half_px;
    // Where points are few, most of what is near is a strip of rock with dust on it, as bright beside a faint line
    // as beside a bright one.
    strewn = STREWN_M > 0.0 && place.w > 0.4 ? 1.0 - smoothstep(3.5, 7.0, clip.w) : 0.0;
    strewn *= min(1.0, 6.0 * lie.w) / max(0.06, lie.w * LINE_GAIN);
    if (strewn * max(l.r, max(l.g, l.b)) < 0.02) strewn = 0.0;
    if (strewn > 0.0) {
        vec3 edge = at + normalize(cross(lie.xyz, along.xyz)) * 0.02;
        vec4 there = p3d_ModelViewProjectionMatrix * vec4(edge, 1.0);
        vec2 moved = (there.xy / max(there.w, 0.1) - clip.xy / clip.w) * SCREEN * 0.5;
        float wide = dot(moved, across);
        // Seen along the rock it would be no wider than a hair.
        float scale = max(STREWN_M / 0.02, half_px / max(abs(wide), 1e-3));
        if (scale < 4.0 * STREWN_M / 0.02) {
            // The same side as its narrow neighbours, or the line would be cut where they meet.
            aside = moved * (wide < 0.0 ? -scale : scale);
            metres = 0.02 * scale;
        } else {
            strewn = 0.0;
        }
    }
    clip.xy += aside * along.w / SCREEN * 2.0 * clip.w;
    light = l;
    dust = vec3(run, along.w, metres);
    gl_Position = clip;
}
