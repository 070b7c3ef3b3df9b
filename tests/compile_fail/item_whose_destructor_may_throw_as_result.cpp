// expect: paipa: step 1 returns items whose destructor may throw, which would end the process;
// declare
#include <paipa/paipa.hpp>

struct item {
#ifdef PAIPA_EXPECT_ERROR
    ~item() noexcept(false) {}
#endif
};

int main() {
    paipa::pipeline p{paipa::step("a", [](int) { return item{}; })};
    p.put(1);
}
