// expect: paipa: step 1 is nothing that turns a range of what reaches it into a range: take the
#include <paipa/paipa.hpp>

#include <vector>

#ifdef PAIPA_EXPECT_ERROR
const int chunks = 3;
#else
const auto chunks = paipa::chunk(3);
#endif

int main() {
    const std::vector<int> numbers{1, 2, 3};
    auto chain = paipa::combine(numbers, chunks);
    paipa::consume(chain);
}
