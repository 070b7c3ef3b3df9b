// expect: paipa: this step's callable cannot be copied, and each worker needs a copy; let it hold
#include <paipa/paipa.hpp>

#include <memory>
#include <utility>
#include <vector>

int main() {
#ifdef PAIPA_EXPECT_ERROR
    auto file = std::make_unique<int>(1);
#else
    auto file = std::make_shared<int>(1);
#endif
    auto f =
        paipa::iter_step("a", [file = std::move(file)](paipa::generator<int> in) { return in; });
}
