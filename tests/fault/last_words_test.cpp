#include <paipa/paipa.hpp>

#include "shortage.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string_view>

// Memory runs out when the run is over, and it is time to tell.

namespace fault {
namespace {

/// From the run's last hook on, the nth allocation fails.
class short_at_the_end final : public paipa::abstract_step<int> {
public:
    short_at_the_end(std::optional<shortage>* now, long nth) : now_(now), nth_(nth) {}

    void process(int) override {}

    void step_shutdown() override { now_->emplace(nth_, 1); }

private:
    std::optional<shortage>* now_;
    long nth_;
};

struct told final : paipa::tracker, paipa::reporter {
    void run_ended(const paipa::report&) override { ended = true; }

    void show(std::span<const paipa::step_record>) override { shown = true; }

    std::atomic<bool> ended = false;
    std::atomic<bool> shown = false;
};

TEST(last_words, are_said_or_their_loss_is) {
    if (!shortage::is_possible()) {
        GTEST_SKIP() << "no allocation can be made to fail here";
    }
    std::atomic<int> complaints = 0;
    paipa::set_log_hook([&](paipa::log_level level, std::string_view) {
        complaints += level == paipa::log_level::error ? 1 : 0;
    });
    int not_shown = 0;
    long nth = 1;
    for (bool felt = true; felt; ++nth) {
        complaints = 0;
        const auto watcher = std::make_shared<told>();
        {
            std::optional<shortage> now;
            paipa::pipeline p{
                paipa::step<short_at_the_end>("a", {}, &now, nth),
                {.name = "a name that needs memory", .tracker = watcher, .reporters = {watcher}}};
            p.put(1);
            p.finish();
            try {
                p.run();
            } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): for its report
            }
            felt = shortage::was_felt();
            now.reset();
        }
        EXPECT_TRUE(watcher->ended) << "allocation " << nth;
        EXPECT_TRUE(watcher->shown || complaints > 0) << "allocation " << nth;
        not_shown += watcher->shown ? 0 : 1;
    }
    paipa::set_log_hook({});
    EXPECT_GT(nth, 10);
    EXPECT_GT(not_shown, 0);  // and that was said
}

}  // namespace
}  // namespace fault
