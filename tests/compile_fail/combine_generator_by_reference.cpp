// expect: paipa: step 1 is a coroutine that takes its range by reference, which is gone when it
// runs
#include <paipa/paipa.hpp>

#include <vector>

#ifdef PAIPA_EXPECT_ERROR
using range = paipa::generator<int>&&;
#else
using range = paipa::generator<int>;
#endif

paipa::generator<int> plus_one(range numbers) {
    for (const int x : numbers) {
        co_yield x + 1;
    }
}

int main() {
    const std::vector<int> numbers{1, 2, 3};
    auto chain = paipa::combine(numbers, plus_one);
    paipa::consume(chain);
}
