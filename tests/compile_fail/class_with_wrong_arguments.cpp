// expect: paipa: this class step cannot be constructed from the arguments behind its options, as
#include <paipa/paipa.hpp>

#include <string>

struct named final : paipa::abstract_step<int, int> {
    explicit named(std::string) {}

    int process(int x) override { return x; }
};

int main() {
#ifdef PAIPA_EXPECT_ERROR
    auto f = paipa::step<named>("named", {.threads = 2}, 3);
#else
    auto f = paipa::step<named>("named", {.threads = 2}, "three");
#endif
}
