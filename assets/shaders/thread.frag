// Soft across, so that a fine line has no stairs.
in vec3 light;
in float across;
out vec4 colour;

void main() {
    float soft = 1.0 - across * across;
    colour = vec4(light * soft * soft, 1.0);
}
