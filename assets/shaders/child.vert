// One point of the Child's skin.
#include "common.glsl"
#include "childbones.glsl"
uniform mat4 p3d_ModelViewProjectionMatrix;
in vec4 p3d_Vertex;
in vec4 lie;       // normal, weight
in vec4 skin;      // two bones, share, random
out vec3 light;

void main() {
    light = vec3(0.0);
    gl_PointSize = 1.0;
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    // Ears shine with the eyes: they are what is seen of one that hides.
    float body = skin.x > 14.5 && skin.x < 18.5 ? max(BODY, 0.85 * EYES * step(0.01, BODY)) : BODY;
    if (body <= 0.002) return;
    vec3 p = skinned(skin, vec4(p3d_Vertex.xyz, 1.0));
    vec3 n = normalize(skinned(skin, vec4(lie.xyz, 0.0)));
    // Light does not hold still: a shiver along the skin, more when it is moved.
    float line = floor(p3d_Vertex.z * 91.0 + 0.5);
    float slip = step(mix(0.994, 0.955, HARD * HARD), hash(line + floor(TIME * 9.0) * 3.7)) * (hash(line) - 0.5);
    p.xy += slip * 0.03 * (0.4 + TREMBLE);
    p += n * 0.0015 * sin(TIME * 3.0 + skin.w * 40.0);
    vec3 view = EYE - p;
    float far = length(view);
    float facing = dot(n, view / far);
    vec4 clip = p3d_ModelViewProjectionMatrix * vec4(p, 1.0);
    if (clip.w < 0.2 || facing < -0.05) return;
    // Silhouette first: bright where the skin turns away, quiet where it faces us. A hard mood is all edge, a
    // kind one has a body of light within its edge.
    float away = 1.0 - clamp(facing, 0.0, 1.0);
    float edge = pow(away, mix(3.4, 3.6, HARD));
    float rim = mix(1.5, 2.1, HARD) * edge;
    float glow = mix(0.36, 0.045, HARD) + 0.55 * (1.0 - HARD) * away * away;
    // Bands of light that wander up the body.
    float sweep = fract(TIME * 0.22);
    glow += mix(0.7, 0.35, HARD) * exp(-pow((p3d_Vertex.z - sweep * 1.3 + 0.1) * 14.0, 2.0));
    glow *= 0.85 + 0.15 * sin(TIME * 1.9 + p3d_Vertex.z * 9.0);
    // A heart that shows when it trusts.
    vec3 heart = p3d_Vertex.xyz - vec3(0.0, 0.05, 0.42);
    float open = smoothstep(0.45, 0.0, HARD);
    glow += open * (1.1 + 0.5 * sin(TIME * 3.4)) * exp(-dot(heart, heart) * 420.0);
    // Hands speak: against a body of the same light they would not be read.
    if (abs(skin.x - 5.0) < 0.5 || abs(skin.x - 8.0) < 0.5) glow *= 1.3;
    if (skin.x > 18.5) { glow = glow * 1.5 + 0.22; rim *= 1.5; }
    // The face is drawn on a quiet skin: behind the eyes it is black.
    if (skin.x > 1.5 && skin.x < 2.5) {
        vec3 d = p3d_Vertex.xyz - HEAD_CENTRE;
        vec2 a = vec2(atan(d.x, d.y), atan(d.z, length(d.xy)));
        vec2 e = (vec2(abs(a.x), a.y) - EYE_MIDDLE) / (EYE_HALF * 1.12);
        float front = smoothstep(1.35, 1.0, abs(a.x)) * smoothstep(0.85, 0.6, a.y) * smoothstep(-1.15, -0.95, a.y);
        glow *= 1.0 - 0.72 * front * (1.0 - edge);
        float behind = 1.0 - 0.97 * smoothstep(1.12, 0.92, length(e)) * step(0.0, d.y);
        glow *= behind;
        rim *= behind;
    }
    // Its edge stays blue and white; what trust warms is the light within, by way of rose: halfway from blue to
    // amber in a straight line is grey.
    vec3 rose = vec3(1.0, 0.27, 0.30), amber = vec3(1.0, 0.40, 0.07);
    vec3 within = mix(mix(vec3(0.26, 0.52, 1.0), rose, smoothstep(0.05, 0.6, WARMTH)), amber, smoothstep(0.45, 1.0, WARMTH));
    vec3 l = (within * glow + vec3(0.60, 0.81, 1.0) * rim) * lie.w;
    // The stolen light falls on the one who holds it.
    vec3 toward = HELD_AT - p;
    float near = dot(toward, toward);
    l += vec3(1.0, 0.55, 0.2) * HELD * max(0.0, dot(n, normalize(toward))) * 0.55 * exp(-near * 38.0) / (0.35 + glow + rim);
    // It gathers out of the dark point by point.
    float there = smoothstep(skin.w * 0.75, skin.w * 0.75 + 0.25, body);
    float grain = 0.6 + 0.8 * skin.w;
    float reach = 0.0052 * FOCAL / clip.w;
    float size = clamp(reach, 1.7 * SCREEN.y / 720.0 + 0.5, 9.0);
    l *= min(1.0, 3.2 * reach * reach / (size * size) + 0.10);
    light = l * there * grain * (0.4 + 0.6 * body) * 1.15 * SKIN_GAIN;
    gl_PointSize = size + 1.0;
    gl_Position = clip;
}
