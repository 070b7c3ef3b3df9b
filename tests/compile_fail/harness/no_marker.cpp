#ifdef PAIPA_EXPECT_ERROR
static_assert(false, "the text");
#endif
int main() {}
