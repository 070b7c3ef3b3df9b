// expect: the text
#ifdef PAIPA_EXPECT_ERROR
static_assert(false, "the text");
constexpr int letters = 'ab';
#endif
int main() {}
