// The snippet of docs/how-to/test-your-pipeline.md.

#include <paipa/paipa.hpp>
#include <paipa/testing/collector.hpp>
#include <paipa/testing/simulation.hpp>

#include <cstdio>
#include <stdexcept>

int main() {
    using namespace std::chrono_literals;
    // [simulated]
    paipa::testing::simulation sim(42);  // the seed
    const paipa::testing::collector<int> out;
    sim.run([&] {
        auto flaky = [&](const int& x) {
            if (sim.elapsed() < 1h) {
                throw std::runtime_error("not before one o'clock");
            }
            return x;
        };
        auto flow = paipa::step("flaky", flaky, {.retry = {.attempts = 10, .delay = 1min}}) |
                    paipa::step("out", out);
        paipa::pipeline p{flow, {.quiet = true, .runtime = &sim}};
        p.put(7);
        p.finish();
        p.run();
    });
    std::printf("%d after %d minutes\n", out.items().front(),
                static_cast<int>(sim.elapsed() / 1min));  // 1 + 2 + 4 + 8 + 16 + 32
    // [/simulated]
    return 0;
}
