// expect: paipa: the first step takes any type, so the pipeline's input type is unknown; name it:
#include <paipa/paipa.hpp>

int main() {
    auto f = paipa::step("same", [](auto x) { return x; });
#ifdef PAIPA_EXPECT_ERROR
    paipa::pipeline p{f};
#else
    paipa::pipeline<int> p{f};
#endif
    const int three = 3;
    p.put(three);
    p.put_all({1, 2});
    p.put_all(std::vector{1, 2});
    (void)p.try_put(4);
    (void)p.try_put(three);
    (void)p.put_for(4, std::chrono::seconds{1});
    p.put_iterable(std::vector{1, 2});
    p.put_iterable({1, 2});
    p.finish();
    p.run();
}
