// expect: paipa: the source that combine was given is mutable; the variable that holds the callable
#include <paipa/paipa.hpp>

#include <vector>

int main() {
#ifdef PAIPA_EXPECT_ERROR
    const
#endif
        auto make =
            paipa::combine([n = 0]() mutable { return std::vector<int>{++n}; }, paipa::chunk(3));
    return paipa::consume(make()) == 1 ? 0 : 1;
}
