// Words of light: points that gather, stand and blow away.
#include "common.glsl"
uniform mat4 p3d_ModelViewProjectionMatrix;
uniform vec4 words[3];   // age, lasts, kind 0..2, opacity; colour; where they fly to, 1 if they do
in vec4 p3d_Vertex;
in vec4 stray;           // direction of the flight, random
in float turn;           // 0 first letter, 1 last
out vec3 light;

void main() {
    float age = words[0].x;
    float come = clamp((age - 0.35 * turn - 0.15 * stray.w) / 0.65, 0.0, 1.0);
    come = 1.0 - pow(1.0 - come, 3.0);
    float left = words[0].y - age;
    float go = clamp((1.1 - left - 0.35 * turn - 0.2 * stray.w) / 0.8, 0.0, 1.0);
    vec3 p = p3d_Vertex.xyz;
    p += stray.xyz * 0.55 * (1.0 - come);
    if (words[2].w > 0.5) {
        // To the one they were said to: letter by letter, in a swarm that winds and narrows.
        float fly = clamp((1.7 - left - 0.6 * turn - 0.25 * stray.w) / 0.85, 0.0, 1.0);
        vec3 start = p;
        p = mix(p, words[2].xyz, fly * fly * (3.0 - 2.0 * fly));
        float wide = 4.0 * fly * (1.0 - fly) * min(0.5, 0.16 * length(words[2].xyz - start));
        float wind = 6.0 * fly + 5.0 * stray.w;
        p += wide * (vec3(cos(wind), 0.3 * sin(1.7 * wind), sin(wind)) * (0.3 + 0.7 * stray.w) + 0.3 * stray.xyz);
        go = smoothstep(0.86, 1.0, fly);
    } else {
        // Away on a breath of wind: to the right, up, curling.
        p += go * go * (vec3(0.9, 0.2, 0.45) * (0.4 + stray.w) + stray.xyz * 0.35);
        p.z += 0.02 * go * sin(TIME * 5.0 + stray.w * 30.0);
    }
    p += 0.0016 * sin(TIME * 2.0 + stray.w * 80.0 + vec3(0.0, 2.0, 4.0));
    vec4 clip = p3d_ModelViewProjectionMatrix * vec4(p, 1.0);
    float there = smoothstep(0.0, 0.5, come) * (1.0 - go) * words[0].w;
    float size = clamp(0.0088 * FOCAL / clip.w, 1.6 * SCREEN.y / 720.0 + 0.5, 8.0);
    light = words[1].rgb * there * (0.62 + 0.5 * stray.w) * (0.9 + 0.1 * sin(TIME * 3.0 + stray.w * 50.0));
    gl_PointSize = size + 1.0;
    gl_Position = there > 0.004 ? clip : vec4(2.0, 2.0, 2.0, 1.0);
}
