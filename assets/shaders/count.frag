// One for every fragment that is drawn: added up, how often each pixel is painted over.
out vec4 colour;

void main() {
    colour = vec4(1.0);
}
