// expect: paipa: iter_step: a threaded cannot stand inside of a step
#include <paipa/paipa.hpp>

#include <tuple>

int main() {
    const auto same = paipa::step("same", [](int x) { return x; });
#ifdef PAIPA_EXPECT_ERROR
    const auto inner = paipa::threaded(same);
#else
    const auto inner = same;
#endif
    paipa::pipeline<int> p{paipa::iter_step("i", std::make_tuple(inner, paipa::chunk(2)))};
    p.finish();
    p.run();
}
