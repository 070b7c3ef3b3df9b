// expect: paipa: step 3 flattens, but what reaches it is no range (text is not taken for one); put
#include <paipa/paipa.hpp>

#include <vector>

int main() {
    const std::vector<int> numbers{1, 2, 3};
    auto chain = paipa::combine(numbers, paipa::identity(),
#ifdef PAIPA_EXPECT_ERROR
                                paipa::identity(),
#else
                                paipa::chunk(2),
#endif
                                paipa::flatten());
    paipa::consume(chain);
}
