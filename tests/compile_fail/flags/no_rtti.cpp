// expect: "paipa: needs run-time type information: compile without -fno-rtti"
#include <paipa/paipa.hpp>

int main() {
    paipa::pipeline p{paipa::step("a", [](int x) { return x; })};
    p.put(1);
    p.finish();
    p.run();
}
