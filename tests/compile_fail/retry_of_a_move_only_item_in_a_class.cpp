// expect: paipa: this step consumes a move-only item, so a failed try cannot be repeated
#include <paipa/paipa.hpp>

#include <memory>

#ifdef PAIPA_EXPECT_ERROR
using parameter = std::unique_ptr<int>;
#else
using parameter = const std::unique_ptr<int>&;
#endif

struct saving final : paipa::abstract_step<parameter> {
    void process(parameter) override {}
};

int main() {
    auto f = paipa::step<saving>("save", {.threads = 2, .retry = {.attempts = 3}});
}
