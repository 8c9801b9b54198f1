in vec2 q;
in vec3 light;
out vec4 colour;

void main() {
    float r = dot(q, q);
    if (r >= 1.0) discard;
    colour = vec4(light * (1.0 - r) * (1.0 - r), 1.0);
}
