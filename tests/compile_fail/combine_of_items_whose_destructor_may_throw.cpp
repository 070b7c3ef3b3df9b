// expect: paipa: step 1 takes items whose destructor may throw, which would end the process;
// declare
#include <paipa/paipa.hpp>

struct item {
#ifdef PAIPA_EXPECT_ERROR
    ~item() noexcept(false) {}
#endif
};

int main() {
    for ([[maybe_unused]] auto&& x :
         paipa::combine(std::vector<item>(2), paipa::map([](const item&) { return 1; }))) {
    }
}
