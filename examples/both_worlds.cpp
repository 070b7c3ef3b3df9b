// The snippets of docs/how-to/move-between-threads-and-coroutines.md, as one program.

#include <paipa/paipa.hpp>

#include <cstdio>
#include <ranges>
#include <utility>
#include <vector>

namespace {

// [steps]
int slow(int n) {
    return n * n;  // imagine a download
}

const auto flow = paipa::step("slow", slow, {.threads = 4, .ordered = true});

paipa::generator<int> running_sum(paipa::generator<int> in) {
    int sum = 0;
    for (const int n : in) {
        sum += n;
        co_yield sum;
    }
}

// [/steps]

void same_flow() {
    // [inline]
    for (const int n : paipa::combine(std::views::iota(0, 5), flow)) {  // here, on this thread
        std::printf("%d ", n);
    }
    // [/inline]
    std::printf("\n");
}

void as_range() {
    // [stream]
    for (const int n : paipa::stream(std::views::iota(0, 5), flow, {.quiet = true})) {
        std::printf("%d ", n);
    }
    // [/stream]
    std::printf("\n");
}

void in_the_middle() {
    // [middle]
    auto gen =
        paipa::combine(std::views::iota(0, 5), paipa::threaded(flow, {.quiet = true}), running_sum);
    for (const int n : gen) {
        std::printf("%d ", n);
    }
    // [/middle]
    std::printf("\n");
}

void as_source() {
    // [source]
    paipa::pipeline p{flow | paipa::step("print", [](int n) { std::printf("%d ", n); }),
                      {.quiet = true}};
    p.put_iterable(paipa::combine(std::views::iota(0, 5), running_sum));
    p.run();
    // [/source]
    std::printf("\n");
}

void as_step() {
    // [step]
    const auto sums = paipa::iter_step("sums", running_sum, paipa::chunk(2));
    paipa::pipeline p{flow | sums |
                          paipa::step("print",
                                      [](const std::vector<int>& chunk) {
                                          std::printf("[%d ...] ", chunk.front());
                                      }),
                      {.quiet = true}};
    p.put_iterable(std::views::iota(0, 5));
    p.run();
    // [/step]
    std::printf("\n");
}

}  // namespace

int main() {
    same_flow();
    as_range();
    in_the_middle();
    as_source();
    as_step();
}
