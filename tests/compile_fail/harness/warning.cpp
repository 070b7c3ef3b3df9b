// expect: the text
#ifdef PAIPA_EXPECT_ERROR
static_assert(false, "the text");

int nothing() {}
#endif
int main() {}
