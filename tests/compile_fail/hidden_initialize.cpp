// expect: so nobody would call it; declare it 'void initialize() override'
#include <paipa/paipa.hpp>

#pragma GCC diagnostic ignored "-Woverloaded-virtual"  // clang warns of it, too

struct same final : paipa::abstract_step<int, int> {
    int process(int x) override { return x; }

#ifdef PAIPA_EXPECT_ERROR
    void initialize() const {}
#else
    void initialize() override {}
#endif
};

int main() {
    paipa::pipeline<int> p{paipa::step<same>("same")};
}
