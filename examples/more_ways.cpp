// The snippets of docs/tutorial/2-more-ways.md, as one program.

#include <paipa/paipa.hpp>

#include <cstdio>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;

long sum = 0;  // only the one worker of `add` writes it, and we read it when the run is over

void add(int x) {
    sum += x;
}

auto flow() {
    return paipa::step("add", add);
}

void say(const char* what) {
    std::printf("%s: %ld\n", what, sum);
    sum = 0;
}

// [generator]
paipa::generator<int> numbers(int n) {
    for (int i = 0; i < n; ++i) {
        co_yield i;
    }
}

// [/generator]

void iterables() {
    // [iterables]
    paipa::pipeline p{flow(), {.quiet = true}};
    p.put_iterable(numbers(100));             // a generator,
    p.put_iterable(std::views::iota(0, 10));  // a view,
    p.put_iterable(std::vector{1, 2, 3});     // a container:
    p.put(1000);                              // they merge, also with put
    p.run();
    // [/iterables]
    say("iterables");
}

void background() {
    // [background]
    paipa::pipeline p{flow(), {.quiet = true}};
    p.put_iterable(numbers(100));
    p.start();
    // ... do something else; p.alive() tells how it is going ...
    p.stop();  // all of it processed without errors, or it throws
    // [/background]
    say("background");
}

void while_running() {
    // [run_while]
    paipa::pipeline p{flow(), {.quiet = true}};
    p.run_while([&] {
        for (int i = 0; i < 10; ++i) {
            p.put(i);  // waits when the pipeline is full
        }
    });
    // [/run_while]
    say("run_while");
}

void input_queue() {
    // [queue]
    auto q = std::make_shared<paipa::queue<int>>(1024);  // fed from anywhere, while it runs
    paipa::pipeline p{flow(), q, {.name = "ping", .quiet = true}};
    p.start();  // never ends by itself
    q->push(1);
    q->push(2);
    p.stop();  // takes what is in the queue, then ends
    // [/queue]
    say("queue");
}

void results() {
    // [results]
    auto squares = paipa::step("square", [](int x) { return x * x; });
    paipa::pipeline p{squares, {.quiet = true}};
    p.put_iterable(numbers(5));
    for (int x : p.results()) {  // pulled with back-pressure
        std::printf("%d ", x);
    }
    std::printf("\n");
    // [/results]
}

void fused() {
    // [fuse]
    auto halved = paipa::fuse(
        paipa::step("even", [](int x) { return x % 2 == 0 ? std::optional(x) : std::nullopt; }),
        paipa::step("half", [](int x) { return x / 2; }));
    paipa::pipeline p{halved | paipa::step("print", [](int x) { std::printf("%d ", x); }),
                      {.quiet = true}};
    p.put_iterable(numbers(10));
    const paipa::report r = p.run();
    // [/fuse]
    std::printf("\n%s took %d, %s %d\n", r.steps[0].name.c_str(),
                static_cast<int>(r.steps[0].received), r.steps[1].name.c_str(),
                static_cast<int>(r.steps[1].received));
}

void ends() {
    // [drain]
    paipa::pipeline p{flow(), {.quiet = true}};
    p.put_iterable(std::views::iota(0));  // without an end
    p.start();
    const paipa::report drained = p.drain(30s);  // stops the source, processes what is inside
    // [/drain]
    std::printf("drained: %s, abandoned %d\n", std::string(to_string(drained.state)).c_str(),
                static_cast<int>(drained.abandoned()));
    // [cancel]
    paipa::pipeline q{flow(), {.quiet = true}};
    q.put_all({1, 2, 3});
    q.cancel();  // stops now: what is inside is abandoned, and counted
    // [/cancel]
    std::printf("cancelled: abandoned %d\n", static_cast<int>(q.report().abandoned()));
}

}  // namespace

int main() {
    iterables();
    background();
    while_running();
    input_queue();
    results();
    fused();
    ends();
    return 0;
}
