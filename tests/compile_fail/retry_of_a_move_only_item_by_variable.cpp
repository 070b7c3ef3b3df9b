// expect: paipa: this step consumes a move-only item, so a failed try cannot be repeated
#include <paipa/paipa.hpp>

#include <memory>

#ifdef PAIPA_EXPECT_ERROR
constexpr int attempts = 3;
#endif

int main() {
    auto f = paipa::step("save", [](std::unique_ptr<int> x) { return x; },
                         {.threads = 2,
#ifdef PAIPA_EXPECT_ERROR
                          .retry = {.attempts = attempts}
#endif
                         });
}
