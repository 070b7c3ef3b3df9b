// expect: paipa: step 1 would narrow the item that reaches it (see From and To); take that type, or
#include <paipa/paipa.hpp>

#include <vector>

#ifdef PAIPA_EXPECT_ERROR
using item = double;
#else
using item = short;
#endif

struct twice final : paipa::abstract_step<int, int> {
    int process(int x) override { return x + x; }
};

int main() {
    auto chain = paipa::combine(std::vector<item>(2), paipa::step<twice>("twice"));
    paipa::consume(chain);
}
