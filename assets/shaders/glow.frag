// A hot heart, a skirt that ends in nothing.
in vec2 q;
in vec3 light;
out vec4 colour;

void main() {
    float r = dot(q, q);
    if (r >= 1.0) discard;
    float skirt = (1.0 - r) * (1.0 - r) * (1.0 - r);
    colour = vec4(light * (0.10 * skirt + 0.28 * exp(-r * 22.0) * skirt + 1.6 * exp(-r * 260.0)), 1.0);
}
