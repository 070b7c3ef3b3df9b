// expect: the text
static_assert(false, "the text");

int main() {}
