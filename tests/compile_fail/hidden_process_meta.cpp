// expect: so nobody would call it; declare it 'std::any process_meta(std::any) override'
#include <paipa/paipa.hpp>

#pragma GCC diagnostic ignored "-Woverloaded-virtual"  // clang warns of it, too

struct same final : paipa::abstract_step<int, int> {
    int process(int x) override { return x; }

#ifdef PAIPA_EXPECT_ERROR
    std::any process_meta(const std::any& meta) { return meta; }
#else
    std::any process_meta(std::any meta) override { return meta; }
#endif
};

int main() {
    paipa::pipeline<int> p{paipa::step<same>("same")};
}
