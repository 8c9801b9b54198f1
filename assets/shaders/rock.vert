// One point of the rock or of a crystal; once more, upside down, where water shows it.
#include "common.glsl"
#include "rocklight.glsl"
#include "water.glsl"
uniform mat4 p3d_ModelViewProjectionMatrix;
in vec4 p3d_Vertex;
in vec4 place;     // along 0..1, around 0..1, tunnel, random 0..1
in vec4 lie;       // normal into the air, weight of this point
out vec3 light;

// A facet gives back what it gathers where it happens to mirror it to the eye, each colour a little aside.
vec3 refracted(vec3 l, vec3 p, vec3 n, float random) {
    float top = max(l.r, max(l.g, l.b));
    vec3 view = normalize(EYE - p);
    float phase = dot(reflect(-view, n), vec3(3.1, 2.3, 4.7)) * 1.9 + dot(p, vec3(1.3, 0.9, 2.1)) + 0.1 * TIME;
    vec3 flash = pow(0.5 + 0.5 * cos(phase * 2.2 + vec3(0.0, 0.42, 0.84)), vec3(9.0));
    float edge = 1.0 - abs(dot(view, n));
    vec3 clear = mix(l, top * vec3(1.0, 0.72, 0.62), 0.5);
    return clear * (0.35 + 1.1 * edge * edge) + top * 3.4 * flash * vec3(1.0, 0.66, 0.50) * (0.6 + 0.8 * random);
}

void main() {
    light = vec3(0.0);
    gl_PointSize = 1.0;
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    if (!maybe_seen(p3d_Vertex.xyz, place, p3d_ModelViewProjectionMatrix)) return;
    vec3 n = lie.xyz;
    vec3 at = stirred(p3d_Vertex.xyz, n);
    vec3 p = at;
    float share = 1.0;
    if (mirror > 0.5) {
        share = reflected(at, place);
        if (share <= 0.0) return;
    }
    vec4 clip = p3d_ModelViewProjectionMatrix * vec4(at, 1.0);
    if (clip.w < 0.25 || abs(clip.x) > clip.w * 1.05 || abs(clip.y) > clip.w * 1.05) return;
    float weight = lie.w;
    vec3 l = rocklight(p, n, place);
    if (weight >= 2.0) {
        weight -= 2.0;
        l = refracted(l, p, n, place.w);
    } else if (mirror < 0.5) {
        // The ground of the water is dark.
        float film = film_of(place);
        if (p.z < film + 0.12) share = 1.0 - 0.9 * wet(p.xy, film);
    }
    l *= weight * GAIN * share * thinned(at, place.w);
    float sparkle = 0.75 + 0.5 * place.w;
    // Some points are grains that flash as one moves past.
    sparkle += 2.6 * smoothstep(0.985, 1.0, place.w) * (0.5 + 0.5 * sin(TIME * 1.7 + place.y * 900.0));
    l *= sparkle;
    float reach = GRAIN_M * (0.6 + 0.8 * place.w * place.w) * FOCAL / clip.w;
    float size = clamp(reach, 1.5 * SCREEN.y / 720.0 + 0.5, 9.0);
    // A point that would be smaller than the least size gives its light to the larger one, and the near,
    // large one is no brighter than the far one.
    l *= clamp(reach / size, 0.3, 1.0) * min(1.6, 7.0 / (size * size) + 0.14);
    // Right before the face light would blind: fade.
    l *= smoothstep(0.3, 1.4, clip.w);
    if (max(l.r, max(l.g, l.b)) < 0.0025) return;
    light = l;
    gl_PointSize = size + 1.0;
    gl_Position = clip;
}
