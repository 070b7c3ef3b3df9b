#include <paipa/detail/order/completion_log.hpp>
#include <paipa/detail/order/output_list.hpp>
#include <paipa/detail/order/reorder_buffer.hpp>

#include "../items_case.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace {

using paipa::detail::output_list;
using paipa::detail::output_run;

template <class T>
class completion_log_of : public each_item<T> {
protected:
    completion_log_of() = default;

    /// As whoever has a log does at the end: of an open run some may be elsewhere.
    ~completion_log_of() override { log_.empty(buffer_); }

    void add(std::uint64_t number, const std::vector<int>& outputs, bool joins = true) {
        output_list list;
        for (const int n : outputs) {
            list.add<T>(item_of<T>(n));
        }
        log_.add(number, list, joins);
        EXPECT_EQ(list.size(), 0U);
    }

    void put() { log_.put(buffer_); }

    /// The outputs of the run that begins with this item, which has so many items.
    std::vector<int> take(std::uint64_t number, std::size_t items) {
        output_run run;
        EXPECT_EQ(buffer_.take(number, run), items);
        std::vector<int> all;
        for (std::size_t i = 0; i < run.outputs.size(); ++i) {
            all.push_back(number_of(run.outputs.at<T>(i)));
        }
        return all;
    }

    paipa::detail::reorder_buffer buffer_{256};
    paipa::detail::completion_log log_;
};

using ints = std::vector<int>;

TYPED_TEST_SUITE(completion_log_of, item_kinds);

TYPED_TEST(completion_log_of, joins_items_in_a_row_to_a_run) {
    this->add(5, {50});
    this->add(6, {});
    this->add(7, {70});
    EXPECT_TRUE(this->take(5, 0).empty());  // nobody has put it
    this->put();
    EXPECT_EQ(this->take(5, 3), (ints{50, 70}));
}

TYPED_TEST(completion_log_of, puts_of_an_open_run_what_is_new) {
    this->put();
    this->add(0, {0});
    this->add(1, {1});
    this->put();
    this->put();
    EXPECT_EQ(this->take(0, 2), (ints{0, 1}));
    this->add(2, {});
    this->put();
    EXPECT_EQ(this->take(2, 1), (ints{}));
    this->add(3, {3});
    this->add(9, {9});  // closes the run, one item of which is not put
    this->put();
    EXPECT_EQ(this->take(3, 1), (ints{3}));
    EXPECT_EQ(this->take(9, 1), (ints{9}));
}

TYPED_TEST(completion_log_of, puts_a_run_once_that_was_put_whole_before_it_was_closed) {
    this->add(0, {0});
    this->put();
    EXPECT_EQ(this->take(0, 1), (ints{0}));
    this->add(7, {7});
    this->put();
    EXPECT_TRUE(this->take(0, 0).empty());
    EXPECT_TRUE(this->take(1, 0).empty());
    EXPECT_EQ(this->take(7, 1), (ints{7}));
}

TYPED_TEST(completion_log_of, gives_each_item_a_run_of_its_own_where_none_joins) {
    this->add(0, {0}, false);
    this->add(1, {10, 11, 12}, false);
    this->put();
    this->add(2, {}, false);
    this->add(3, {3}, false);
    this->put();
    EXPECT_EQ(this->take(0, 1), (ints{0}));
    EXPECT_EQ(this->take(1, 1), (ints{10, 11, 12}));
    EXPECT_EQ(this->take(2, 1), (ints{}));
    EXPECT_EQ(this->take(3, 1), (ints{3}));
}

TYPED_TEST(completion_log_of, ends_a_run_at_a_gap_in_the_numbers) {
    this->add(0, {0});
    this->add(2, {2});
    this->add(1, {1});
    this->put();
    EXPECT_EQ(this->take(0, 1), (ints{0}));
    EXPECT_EQ(this->take(1, 1), (ints{1}));
    EXPECT_EQ(this->take(2, 1), (ints{2}));
}

TYPED_TEST(completion_log_of, ends_a_run_at_its_limit) {
    constexpr auto limit = static_cast<int>(paipa::detail::run_limit);
    for (int n = 0; n <= limit; ++n) {
        this->add(static_cast<std::uint64_t>(n), {});
    }
    this->put();
    EXPECT_EQ(this->take(0, paipa::detail::run_limit), (ints{}));
    EXPECT_EQ(this->take(paipa::detail::run_limit, 1), (ints{}));
}

TYPED_TEST(completion_log_of, begins_anew_when_it_is_emptied) {
    for (const bool joins : {false, true, false, true}) {
        int n = 0;
        while (!this->log_.full()) {
            this->add(static_cast<std::uint64_t>(n), {n}, joins);
            n += 2;  // so there are no two in a row
            if (n == 20) {
                this->put();  // some of it earlier
            }
        }
        EXPECT_EQ(n, joins ? 2 * 64 : 2 * 63);  // the last run that joins stays open
        this->log_.empty(this->buffer_);
        EXPECT_FALSE(this->log_.full());
        for (int taken = 0; taken < n; taken += 2) {
            EXPECT_EQ(this->take(static_cast<std::uint64_t>(taken), 1), (ints{taken}));
        }
        this->put();
        EXPECT_EQ(this->buffer_.give_up(), (std::pair<std::size_t, std::size_t>{0, 0}));
    }
}

TYPED_TEST(completion_log_of, ends_what_nobody_has_put) {
    paipa::detail::completion_log log;
    for (std::uint64_t n = 0; n < 3; ++n) {
        output_list list;
        list.add<TypeParam>(item_of<TypeParam>(1));
        log.add(n, list, true);
    }
}

/// Takes from the buffer behind a log, in order, while the log's owner adds to it.
class reader {
public:
    reader(paipa::detail::completion_log& log, paipa::detail::reorder_buffer& buffer)
        : log_(log), buffer_(buffer) {}

    void read(std::uint64_t items) {
        while (taken.load() < items) {
            {
                const std::lock_guard guard(mutex);
                log_.put(buffer_);
                take_all();
            }
            std::this_thread::yield();
        }
    }

    std::mutex mutex{};                   // of the edge in front of the step
    std::atomic<std::uint64_t> taken{0};  // items
    std::vector<int> outputs{};

private:
    void take_all() {
        output_run run;
        while (const std::size_t n = buffer_.take(taken.load(), run)) {
            for (std::size_t i = 0; i < run.outputs.size(); ++i) {
                outputs.push_back(run.outputs.at<int>(i));
            }
            run.outputs.clear();
            taken += n;
        }
    }

    paipa::detail::completion_log& log_;
    paipa::detail::reorder_buffer& buffer_;
};

/// Logs items, of which each third one has no outputs, while a reader takes them.
void log_beside_a_reader(bool joins) {
    constexpr std::uint64_t items = 20'000;
    constexpr std::uint64_t window = 256;
    paipa::detail::reorder_buffer buffer(window);
    paipa::detail::completion_log log;
    reader r(log, buffer);
    std::vector<int> want;
    std::thread thread([&r] { r.read(items); });
    for (std::uint64_t n = 0; n < items; ++n) {
        while (n >= r.taken.load() + window) {
            std::this_thread::yield();
        }
        if (log.full()) {
            const std::lock_guard guard(r.mutex);
            log.empty(buffer);
        }
        output_list list;
        if (n % 3 != 0) {
            list.add<int>(static_cast<int>(n));
            want.push_back(static_cast<int>(n));
        }
        log.add(n, list, joins);
    }
    thread.join();
    EXPECT_EQ(r.outputs, want);
}

TEST(completion_log, loses_nothing_to_a_reader_that_looks_at_open_runs) {
    log_beside_a_reader(true);
}

TEST(completion_log, loses_nothing_to_a_reader_that_looks_at_closed_runs) {
    log_beside_a_reader(false);
}

}  // namespace
