#include "support.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

// Items have code of their own: what their constructors and destructors call finds no lock held.

namespace {

using namespace promises;

using call = std::function<void(const char*)>;

/// Calls `f` with the name of each special member that runs; it can be copied and not moved.
class calling_item {
public:
    calling_item(int number, const call& f) : number_(number), f_(&f) {}

    calling_item(const calling_item& other) : number_(other.number_), f_(other.f_) {
        (*f_)("copy");
    }

    calling_item& operator=(const calling_item&) = delete;

    ~calling_item() { (*f_)("destructor"); }

    [[nodiscard]] int number() const { return number_; }

private:
    int number_;
    const call* f_;
};

using item_queue = paipa::queue<calling_item>;
using item_pipeline = paipa::pipeline<calling_item, calling_item>;

class item_code : public with_threads {};

PAIPA_WITH_THREADS(item_code);

TEST_P(item_code, may_call_the_pipeline_and_its_queue) {
    std::atomic<item_pipeline*> run = nullptr;
    std::atomic<int> calls = 0;
    const auto queue = std::make_shared<item_queue>(4);
    const call f = [&](const char*) {
        if (run != nullptr) {
            ++calls;
            (void)run.load()->report();
            (void)run.load()->explain();
            (void)queue->size();
        }
    };
    std::atomic<int> tries = 0;
    item_pipeline p{paipa::step("fails now and then",
                                [&](const calling_item& x) {
                                    if (++tries % 3 == 0) {
                                        throw std::runtime_error("now");
                                    }
                                    return x;
                                },
                                {.threads = threads(),
                                 .retry = {.attempts = 3},
                                 .on_failure = paipa::failure_action::dead_letter}) |
                        paipa::step("same", [](const calling_item& x) { return x; }),
                    queue,
                    {.quiet = true, .capacity = 4}};
    p.start();
    run = &p;
    std::jthread pusher([&] {
        try {
            for (int i = 0;; ++i) {
                queue->push(calling_item(i, f));
                p.put(calling_item(i, f));
                while (!p.try_put(calling_item(i, f))) {
                    std::this_thread::yield();
                }
            }
        } catch (const paipa::closed_error&) {
            return;
        }
    });
    int read = 0;
    for (const calling_item& x : p.results()) {
        read += x.number() >= 0 ? 1 : 0;
        if (read == 200) {
            p.finish();
        } else if (read == 210) {
            p.cancel();  // the rest is destroyed unread
        }
    }
    pusher.join();
    const auto r = p.stop();
    run = nullptr;
    while (queue->try_pop()) {  // before what they call is gone
    }
    expect_closed(r);
    EXPECT_GE(r.delivered, 200U);
    EXPECT_GT(calls, 1'000);
}

/// Stands still in the second copy of the item, the one into the intake, until `go_on` opens.
struct held_up {
    call f = [this](const char* where) {
        if (where == std::string("copy") && ++copies == 2) {
            standing.open();
            EXPECT_TRUE(go_on.wait());
        }
    };
    std::atomic<int> copies = 0;
    gate standing;
    gate go_on;
};

TEST(item_code, that_takes_long_delays_the_end_of_the_input_and_nobody_else) {
    for (const bool cancelled : {false, true}) {
        held_up copy;
        paipa::pipeline<calling_item> p{paipa::step("drop", [](const calling_item&) {}),
                                        {.quiet = true}};
        p.start();
        const calling_item one(1, copy.f);
        std::thread slow([&] { p.put(one); });
        ASSERT_TRUE(copy.standing.wait());
        p.put(calling_item(2, copy.f));
        EXPECT_TRUE(eventually([&] { return p.count() == 1; }));
        cancelled ? p.cancel() : p.finish();
        copy.go_on.open();
        slow.join();
        const auto r = p.stop();
        expect_closed(r);
        EXPECT_EQ(r.delivered, cancelled ? 1U : 2U);
        EXPECT_EQ(r.delivered + r.abandoned(), 2U);
    }
}

}  // namespace
