// A hand as motes of light along its bones.
#include "common.glsl"
uniform mat4 p3d_ModelViewProjectionMatrix;
uniform vec4 hand[66];   // three hands: 21 landmarks in the world, then strength, pinch, ghost, way it faces
in vec4 p3d_Vertex;      // landmark, landmark, part of the way between them
in vec4 stray;           // offset in the thickness of the finger, number of the hand; the ghost's: across the bone, random
out vec3 light;

void main() {
    light = vec3(0.0);
    gl_PointSize = 1.0;
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    int first = int(stray.w + 0.5) * 22;
    vec4 look = hand[first + 21];
    if (look.x <= 0.003) return;
    vec3 a = hand[first + int(p3d_Vertex.x + 0.5)].xyz;
    vec3 b = hand[first + int(p3d_Vertex.y + 0.5)].xyz;
    vec3 p = mix(a, b, p3d_Vertex.z);
    float random = hash(dot(stray.xyz, vec3(911.0, 373.0, 719.0)));
    // The ghost is an outline: its skin is seen where it turns away from the eye.
    float outline = 1.0;
    if (look.z > 0.5) {
        vec3 bone = normalize(b - a);
        vec3 side = normalize(cross(bone, vec3(sin(look.w), cos(look.w), 0.3)));
        vec3 out_ = side * stray.x + cross(bone, side) * stray.y;
        p += out_;
        float facing = abs(dot(normalize(out_ + vec3(1e-6)), normalize(EYE - p)));
        outline = (0.06 + 3.4 * pow(1.0 - facing, 4.0)) * (1.0 - smoothstep(1.05, 1.85, p3d_Vertex.z));
    } else {
        p += stray.xyz;
    }
    p += (look.z > 0.5 ? 0.0008 : 0.0022) * sin(TIME * (1.0 + 2.0 * random) + random * 60.0 + vec3(0.0, 2.0, 4.0));
    vec4 clip = p3d_ModelViewProjectionMatrix * vec4(p, 1.0);
    if (clip.w < 0.1) return;
    float tip = smoothstep(0.35, 1.0, p3d_Vertex.z) * float(int(p3d_Vertex.y + 0.5) % 4 == 0) * (1.0 - look.z);
    vec3 warm = mix(AMBER, GOLD, random);
    vec3 own = mix(warm, vec3(0.75, 0.72, 0.68), look.z);
    float twinkle = 0.55 + 0.45 * sin(TIME * 2.6 + random * 90.0);
    twinkle = mix(twinkle, 1.0, 0.7 * look.z);
    float l = look.x * outline * (0.34 + 0.9 * tip + 0.7 * look.y * tip) * twinkle;
    l += look.x * outline * 1.2 * step(0.97, random);
    // The rings of a voice pass the hand first: of a whisper it is all that they reach.
    for (int i = 0; i < SOUNDING; i++) {
        float strength = WAVE_LOOK(i).x;
        if (strength <= 0.0) continue;
        float age = WAVE_AT(i).w;
        float near = 1.0 - smoothstep(0.5, 1.0, distance(p, WAVE_AT(i).xyz) / WAVE_LOOK(i).y);
        l += 0.8 * near * exp(-2.2 * age) * (0.4 + 0.6 * random);
    }
    float reach = (mix(0.0042, 0.29 * GRAIN_M, look.z) + 0.0030 * tip) * FOCAL / clip.w;
    float size = clamp(reach, 1.7 * SCREEN.y / 720.0 + 0.5, 7.5);
    light = own * l * min(1.0, 12.0 / (size * size) + 0.15);
    gl_PointSize = size + 1.0;
    gl_Position = clip;
}
