// One point of the rock.
#include "common.glsl"
#include "rocklight.glsl"
uniform mat4 p3d_ModelViewProjectionMatrix;
in vec4 p3d_Vertex;
in vec4 place;     // along 0..1, around 0..1, tunnel, random 0..1
in vec4 lie;       // normal into the air, weight of this point
out vec3 light;

void main() {
    vec3 p = p3d_Vertex.xyz;
    vec3 n = lie.xyz;
    // The rock breathes: a slow swell that runs along the tunnel, two centimetres high.
    p += n * 0.02 * sin(TIME * 0.45 + p.y * 0.7 + p.x * 0.4);
    vec4 clip = p3d_ModelViewProjectionMatrix * vec4(p, 1.0);
    light = vec3(0.0);
    gl_PointSize = 1.0;
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    if (clip.w < 0.25 || abs(clip.x) > clip.w * 1.05 || abs(clip.y) > clip.w * 1.05) return;
    float weight = lie.w;
    vec3 l = rocklight(p, n, place);
    if (weight >= 2.0) {
        weight -= 1.0;
        l = crystalline(l) * (0.25 + 1.6 * pow(0.5 + 0.5 * sin(TIME * 0.9 + place.w * 900.0 + p.x * 9.0), 6.0));
    }
    l *= weight * GAIN;
    float sparkle = 0.75 + 0.5 * place.w;
    // Some points are grains that flash as one moves past.
    sparkle += 2.2 * smoothstep(0.985, 1.0, place.w) * (0.5 + 0.5 * sin(TIME * 1.7 + place.y * 900.0));
    l *= sparkle;
    float reach = 0.015 * (0.7 + 0.6 * place.w) * FOCAL / clip.w;
    float size = clamp(reach, 2.1 * SCREEN.y / 720.0 + 0.4, 11.0);
    // A point that would be smaller than the least size gives its light to the larger one, and the near,
    // large one is no brighter than the far one.
    l *= clamp(reach / size, 0.3, 1.0) * min(1.3, 14.0 / (size * size) + 0.14);
    // Right before the face light would blind: fade.
    l *= smoothstep(0.3, 1.4, clip.w);
    if (max(l.r, max(l.g, l.b)) < 0.0025) return;
    light = l;
    gl_PointSize = size + 1.0;
    gl_Position = clip;
}
