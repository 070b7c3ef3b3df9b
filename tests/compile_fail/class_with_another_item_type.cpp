// expect: paipa: step 2 is a class step that cannot take the item that reaches it (see From and
#include <paipa/paipa.hpp>

#include <string>

#ifdef PAIPA_EXPECT_ERROR
using item = std::string;
#else
using item = int;
#endif

struct twice final : paipa::abstract_step<item, item> {
    item process(item x) override { return x + x; }
};

int main() {
    auto f = paipa::step("a", [](int x) { return x; }) | paipa::step<twice>("twice");
}
