// expect: paipa: step 1 returns nothing, so nothing reaches the step behind it; return the item, or
#include <paipa/paipa.hpp>

#include <vector>

int main() {
    const std::vector<int> numbers{1, 2, 3};
    auto chain = paipa::combine(numbers,
                                paipa::step("a",
                                            [](int x) {
#ifdef PAIPA_EXPECT_ERROR
                                                (void)x;
#else
                                    return x;
#endif
                                            }),
                                paipa::step("b", [](auto x) { return x; }));
    paipa::consume(chain);
}
