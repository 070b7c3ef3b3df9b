// expect: paipa: step 2 returns no range; return a generator, a view or a container
#include <paipa/paipa.hpp>

#include <vector>

int main() {
    const std::vector<int> numbers{1, 2, 3};
    auto chain = paipa::combine(numbers, paipa::identity(), [](paipa::generator<int> in) {
#ifdef PAIPA_EXPECT_ERROR
        return *in.begin();
#else
        return in;
#endif
    });
    paipa::consume(chain);
}
