// expect: paipa: the source that combine was given is neither a range nor a callable that returns
#include <paipa/paipa.hpp>

#include <vector>

#ifdef PAIPA_EXPECT_ERROR
const int numbers = 42;
#else
const std::vector<int> numbers{42};
#endif

int main() {
    auto chain = paipa::combine(numbers, paipa::chunk(3));
    (void)chain;
}
