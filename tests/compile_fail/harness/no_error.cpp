// expect: the text
int main() {}
