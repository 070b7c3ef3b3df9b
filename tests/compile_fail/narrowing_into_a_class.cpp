// expect: paipa: step 2 would narrow the item that reaches it (see From and To); take that type, or
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
using item = int;
#else
using item = double;
#endif

struct twice final : paipa::abstract_step<const item&, item> {
    item process(const item& x) override { return x + x; }
};

int main() {
    auto f = paipa::step("half", [](int x) { return x / 2.0; }) | paipa::step<twice>("twice");
    paipa::pipeline p{f};
}
