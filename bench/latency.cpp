// How long does a lone item take through three idle steps? w4l: from put to the third step, while
// everybody sleeps; the median and the 99th of 100. The longer the gap between two items, the
// deeper the processors sleep; lines that name a gap compare it.

#include <paipa/paipa.hpp>

#include "by_hand.hpp"
#include "measure.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>
#include <thread>
#include <utility>
#include <vector>

namespace bench {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

// How many items are sent, and the gap between them.
struct schedule {
    std::size_t items;
    std::chrono::microseconds gap;
};

constexpr schedule usual{.items = 1000,
                         .gap = 500us};  // long enough for all threads to fall asleep

struct letter {
    clock::time_point sent;
};

// Where the items arrive.
class letter_box {
public:
    void receive(letter item) {
        times_.push_back(
            std::chrono::duration<double, std::micro>(clock::now() - item.sent).count());
        received_.fetch_add(1);
        received_.notify_one();
    }

    /// Sends items one at a time: each waits for the one before, and a while.
    answer send_all(schedule when, const std::function<void(letter)>& send) {
        times_.reserve(when.items);
        for (int i = 0; i < static_cast<int>(when.items); ++i) {
            std::this_thread::sleep_for(when.gap);
            send({.sent = clock::now()});
            received_.wait(i);
        }
        std::sort(times_.begin(), times_.end());
        answer got = times_.size();
        got.p50_us = times_[times_.size() / 2];
        got.p99_us = times_[times_.size() * 99 / 100];
        return got;
    }

private:
    std::vector<double> times_;
    std::atomic<int> received_ = 0;  // counts up behind each change of times_
};

constexpr auto pass = [](letter item) { return item; };

answer with_paipa(schedule when) {
    letter_box box;
    auto flow = paipa::step("first", pass) | paipa::step("second", pass) |
                paipa::step("third", [&box](letter item) { box.receive(item); });
    paipa::pipeline p{flow, {.quiet = true}};
    p.start();
    const answer got = box.send_all(when, [&p](letter item) { p.put(item); });
    p.stop();
    return got;
}

// The sender does not help, as it has other things to do: the workers must wake up.
answer with_tbb() {
    const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, 3);
    letter_box box;
    tbb::flow::graph graph;
    tbb::flow::function_node<letter, letter> first(graph, tbb::flow::serial, pass);
    tbb::flow::function_node<letter, letter> second(graph, tbb::flow::serial, pass);
    tbb::flow::function_node<letter> third(graph, tbb::flow::serial, [&box](letter item) {
        box.receive(item);
        return tbb::flow::continue_msg();
    });
    tbb::flow::make_edge(first, second);
    tbb::flow::make_edge(second, third);
    const answer got = box.send_all(usual, [&first](letter item) { first.try_put(item); });
    graph.wait_for_all();
    return got;
}

answer by_hand(schedule when, wakes how) {
    letter_box box;
    hand_queue<letter> first(256, how);
    hand_queue<letter> second(256, how);
    hand_queue<letter> third(256, how);
    const auto move = [](hand_queue<letter>& from, hand_queue<letter>& to) {
        while (auto item = from.pop()) {
            to.push(pass(*item));
        }
        to.close();
    };
    const std::jthread one(move, std::ref(first), std::ref(second));
    const std::jthread two(move, std::ref(second), std::ref(third));
    const std::jthread three([&] {
        while (auto item = third.pop()) {
            box.receive(*item);
        }
    });
    const answer got = box.send_all(when, [&first](letter item) { first.push(item); });
    first.close();
    return got;
}

// Three hops from thread to thread, each a store and a wake-up.
answer atomic_wait() {
    letter_box box;
    letter item{};
    std::atomic<int> turns[3] = {0, 0, 0};
    const auto wait_for_turn = [](std::atomic<int>& turn, int number) {
        for (int seen = turn.load(); seen != number; seen = turn.load()) {
            turn.wait(seen);
        }
    };
    const auto next_turn = [](std::atomic<int>& turn) {
        turn.fetch_add(1);
        turn.notify_one();
    };
    const auto each = [&](std::atomic<int>& mine, auto then) {
        return [&, then](std::stop_token) {
            for (int i = 1; i <= static_cast<int>(usual.items); ++i) {
                wait_for_turn(mine, i);
                then();
            }
        };
    };
    const std::jthread one(each(turns[0], [&] { next_turn(turns[1]); }));
    const std::jthread two(each(turns[1], [&] { next_turn(turns[2]); }));
    const std::jthread three(each(turns[2], [&] { box.receive(item); }));
    return box.send_all(usual, [&](letter sent) {
        item = sent;
        next_turn(turns[0]);
    });
}

void ask(const std::string& name, schedule when, const std::function<answer()>& run) {
    compare(name, when.items, when.items, run);
}

void ask_paipa(const std::string& name, schedule when) {
    ask(name, when, [when] { return with_paipa(when); });
}

void ask_by_hand(const std::string& name, schedule when, wakes how) {
    ask(name, when, [when, how] { return by_hand(when, how); });
}

}  // namespace

void add_questions() {
    ask_paipa("w4l/paipa", usual);
    ask("w4l/tbb", usual, with_tbb);
    ask_by_hand("w4l/by_hand", usual, wakes::after_unlock);
    ask("w4l/atomic_wait", usual, atomic_wait);

    const schedule short_gap{.items = 1000, .gap = 200us};
    ask_paipa("w4l/paipa_200us", short_gap);
    ask_by_hand("w4l/by_hand_200us", short_gap, wakes::after_unlock);
    ask_by_hand("w4l/by_hand_locked_200us", short_gap, wakes::under_lock);

    const schedule gap_of_1ms{.items = 500, .gap = 1ms};
    ask_paipa("w4l/paipa_1ms", gap_of_1ms);
    ask_by_hand("w4l/by_hand_1ms", gap_of_1ms, wakes::after_unlock);
    ask_by_hand("w4l/by_hand_locked_1ms", gap_of_1ms, wakes::under_lock);

    const schedule gap_of_5ms{.items = 200, .gap = 5ms};
    ask_paipa("w4l/paipa_5ms", gap_of_5ms);
    ask_by_hand("w4l/by_hand_5ms", gap_of_5ms, wakes::after_unlock);
    ask_by_hand("w4l/by_hand_locked_5ms", gap_of_5ms, wakes::under_lock);

    const schedule gap_of_20ms{.items = 100, .gap = 20ms};
    ask_paipa("w4l/paipa_20ms", gap_of_20ms);
    ask_by_hand("w4l/by_hand_20ms", gap_of_20ms, wakes::after_unlock);
    ask_by_hand("w4l/by_hand_locked_20ms", gap_of_20ms, wakes::under_lock);
}

}  // namespace bench
