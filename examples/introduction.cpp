// The snippets of docs/tutorial/1-introduction.md, as one program.

#include <paipa/paipa.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

// [functions]
int parse(std::string line) {
    return std::stoi(line);
}

int square(int x) {
    return x * x;
}

void print(int x) {
    std::printf("%d\n", x);
}

// [/functions]

void first_pipeline() {
    // [flow]
    auto flow = paipa::step("parse", parse) | paipa::step("square", square, {.threads = 2}) |
                paipa::step("print", print);
    // [/flow]
    // [run]
    paipa::pipeline p{flow, {.name = "squares", .quiet = true}};
    p.put("7");
    p.finish();
    const paipa::report r = p.run();
    // [/run]
    std::printf("delivered %d, balanced %d\n", static_cast<int>(r.delivered), r.balanced());
}

void failing_pipeline() {
    auto flow = paipa::step("parse", parse) | paipa::step("print", print);
    // [failure]
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_all({"seven", "8"});
    p.finish();
    try {
        p.run();
    } catch (const std::invalid_argument& e) {  // what parse threw, as it was thrown
        std::printf("caught: %s\n", e.what());
        std::printf("in step: %s\n", p.failure()->step.c_str());
    }
    // [/failure]
}

void forgiving_pipeline() {
    // [dead_letters]
    auto flow =
        paipa::step("parse", parse,
                    {.retry = {.attempts = 3}, .on_failure = paipa::failure_action::dead_letter}) |
        paipa::step("print", print);
    paipa::pipeline p{flow, {.quiet = true}};
    p.put_all({"seven", "8"});
    p.finish();
    p.run();
    for (const paipa::dead_letter& letter : p.dead_letters()) {
        std::printf("dead: %s after %d tries\n", letter.item_as<std::string>()->c_str(),
                    static_cast<int>(letter.attempts.size()));
    }
    // [/dead_letters]
}

}  // namespace

int main() {
    first_pipeline();
    failing_pipeline();
    forgiving_pipeline();
    return 0;
}
