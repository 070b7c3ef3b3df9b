// expect: the text
#ifdef PAIPA_EXPECT_ERROR
static_assert(false, "another text");
#endif
int main() {}
