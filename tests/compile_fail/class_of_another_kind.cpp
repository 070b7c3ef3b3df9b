// expect: paipa: a class step derives publicly from paipa::abstract_step<In, Out>
#include <paipa/paipa.hpp>

#ifdef PAIPA_EXPECT_ERROR
struct base {
    virtual ~base() = default;
    virtual int process(int x) = 0;
};
#else
using base = paipa::abstract_step<int, int>;
#endif

struct twice final : base {
    int process(int x) override { return 2 * x; }
};

int main() {
    auto f = paipa::step<twice>("twice");
    paipa::pipeline<int> p{f};
}
