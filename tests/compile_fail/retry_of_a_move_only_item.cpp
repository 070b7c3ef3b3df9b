// expect: paipa: this step consumes a move-only item, so a failed try cannot be repeated; take the
#include <paipa/paipa.hpp>

#include <memory>

#ifdef PAIPA_EXPECT_ERROR
using parameter = std::unique_ptr<int>;
#else
using parameter = const std::unique_ptr<int>&;
#endif

int main() {
    auto f = paipa::step("save", [](parameter) {}, {.threads = 2, .retry = {.attempts = 3}});
}
