// expect: paipa: the source that combine was given returns no range
#include <paipa/paipa.hpp>

#include <vector>

int main() {
    const auto make = paipa::combine(
        [](int n) {
#ifdef PAIPA_EXPECT_ERROR
            return n;
#else
            return std::vector<int>{n};
#endif
        },
        paipa::chunk(3));
    (void)make(42);
}
