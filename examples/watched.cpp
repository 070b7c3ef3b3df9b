// The snippets of docs/how-to/watch-a-run.md, as one program.

#include <paipa/paipa.hpp>

#include <atomic>
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

int parse(const std::string& text) {
    if (text.find_first_not_of("0123456789") != std::string::npos) {
        throw std::invalid_argument("'" + text + "' is no number");
    }
    return std::stoi(text);
}

int sum = 0;  // only the one worker of `add` writes it, and we read it when the run is over

void add(int x) {
    sum += x;
}

// [tracker]
class try_counter final : public paipa::tracker {
public:
    void item_started(std::string_view /*step*/, std::size_t /*worker*/) override { ++tries_; }

    void item_ended(std::string_view /*step*/, std::size_t /*worker*/,
                    paipa::item_outcome how) override {
        if (how == paipa::item_outcome::retried) {
            ++retried_;
        }
    }

    void run_ended(const paipa::report& books) override {
        std::printf("%s: %d tries, %d to be repeated\n", books.name.c_str(), tries_.load(),
                    retried_.load());
    }

private:
    std::atomic<int> tries_{0};  // all workers call at the same time
    std::atomic<int> retried_{0};
};

// [/tracker]

void watched() {
    // [options]
    paipa::pipeline p{
        paipa::step("parse", parse,
                    {.retry = {.attempts = 2}, .on_failure = paipa::failure_action::dead_letter}) |
            paipa::step("add", add, {.capacity = 16}),
        {.name = "lines",
         .quiet = true,
         .dead_letter_callback =
             [](const paipa::dead_letter& letter) {
                 std::printf("dead in %s: %s\n", letter.step.c_str(), letter.reason().c_str());
             },
         .tracker = std::make_shared<try_counter>(),
         .reporters = {std::make_shared<paipa::json_reporter>(std::clog)}}};
    // [/options]
    // [questions]
    p.put_all({"1", "two", "3"});
    p.start();
    std::clog << p.explain();  // who waits for whom, at this moment
    const paipa::report r = p.stop();
    std::clog << r;  // all figures, and the bottleneck
    std::printf("delivered %d, dead %d, retries %d\n", static_cast<int>(r.delivered),
                static_cast<int>(r.dead()), static_cast<int>(r.steps.front().retries));
    for (const paipa::step_record& s : paipa::step_records(r)) {
        std::printf("%s: %d\n", s.name.c_str(), static_cast<int>(s.count));
    }
    // [/questions]
}

void failing() {
    // [failure]
    paipa::pipeline p{
        paipa::step("parse", parse) | paipa::step("add", add),
        {.name = "strict", .quiet = true, .fail_callback = [](const paipa::failure& f) {
             std::printf("alarm: %s\n", to_string(f).c_str());
         }}};
    p.put("two");
    p.finish();
    try {
        p.run();
    } catch (const std::invalid_argument&) {
        std::printf("failed in %s\n", p.failure()->step.c_str());
    }
    // [/failure]
}

}  // namespace

int main() {
    watched();
    std::printf("sum: %d\n", sum);
    failing();
}
