// Dust in the air: seen where light passes.
#include "common.glsl"
uniform mat4 p3d_ModelViewProjectionMatrix;
in vec4 p3d_Vertex;
in vec4 drift;     // three phases, random
out vec3 light;

void main() {
    light = vec3(0.0);
    gl_PointSize = 1.0;
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    vec3 p = p3d_Vertex.xyz + 0.28 * sin(TIME * (0.10 + 0.12 * drift.xyz) + drift.xyz * 40.0);
    p.z += 0.3 * (fract(TIME * 0.012 + drift.w) - 0.5);
    vec4 clip = p3d_ModelViewProjectionMatrix * vec4(p, 1.0);
    if (clip.w < 0.3 || abs(clip.x) > clip.w * 1.05 || abs(clip.y) > clip.w * 1.05) return;
    vec3 l = mix(AMBER, GOLD, drift.w) * AMBIENT * 0.25;
    for (int i = 0; i < LIGHTS; i++) {
        vec4 at = LIGHT_AT(i);
        if (at.w <= 0.0) continue;
        vec4 look = LIGHT_LOOK(i);
        // The beam from the eye's side to where the light falls, thin at its beginning.
        vec3 beam = at.xyz - EYE;
        vec3 from = p - EYE;
        float t = clamp(dot(from, beam) / max(dot(beam, beam), 1e-3), 0.0, 1.0);
        vec3 off = from - beam * t;
        float wide = i < HANDS ? 0.08 + 0.38 * t : look.w * 0.7;
        if (i >= HANDS) off = p - at.xyz;
        l += look.rgb * at.w * 0.55 * exp(-dot(off, off) / (wide * wide));
    }
    float depth = clip.w;
    l *= exp(-depth * 0.06) * smoothstep(0.3, 1.2, depth) * (0.5 + 0.5 * sin(TIME * 0.8 + drift.w * 50.0));
    if (max(l.r, max(l.g, l.b)) < 0.004) return;
    float reach = 0.009 * FOCAL / depth;
    float size = clamp(reach, 2.2 * SCREEN.y / 720.0 + 0.4, 9.0);
    light = l * min(1.0, 10.0 / (size * size));
    gl_PointSize = size + 1.0;
    gl_Position = clip;
}
