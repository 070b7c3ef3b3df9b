// expect: paipa: step 2 would narrow the item that reaches it (see From and To); take that type, or
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
using item = int;
#else
using item = float;  // an integer may become one
#endif

struct longer final : paipa::abstract_step<int, long> {
    long process(int x) override { return x; }
};

struct twice final : paipa::abstract_step<item, item> {
    item process(item x) override { return x + x; }
};

int main() {
    paipa::pipeline p{paipa::step<longer>("longer") | paipa::step<twice>("twice")};
}
