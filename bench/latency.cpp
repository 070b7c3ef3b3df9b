// How long does a lone item take through three idle steps? w4l: from put to the third step, while
// everybody sleeps; the median and the 99th of 100.

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

constexpr std::size_t items = 1000;
constexpr auto pause = 500us;  // long enough for all threads to fall asleep

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
    answer send_all(const std::function<void(letter)>& send) {
        times_.reserve(items);
        for (int i = 0; i < static_cast<int>(items); ++i) {
            std::this_thread::sleep_for(pause);
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

answer with_paipa() {
    letter_box box;
    auto flow = paipa::step("first", pass) | paipa::step("second", pass) |
                paipa::step("third", [&box](letter item) { box.receive(item); });
    paipa::pipeline p{flow, {.quiet = true}};
    p.start();
    const answer got = box.send_all([&p](letter item) { p.put(item); });
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
    const answer got = box.send_all([&first](letter item) { first.try_put(item); });
    graph.wait_for_all();
    return got;
}

answer by_hand() {
    letter_box box;
    hand_queue<letter> first(256);
    hand_queue<letter> second(256);
    hand_queue<letter> third(256);
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
    const answer got = box.send_all([&first](letter item) { first.push(item); });
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
            for (int i = 1; i <= static_cast<int>(items); ++i) {
                wait_for_turn(mine, i);
                then();
            }
        };
    };
    const std::jthread one(each(turns[0], [&] { next_turn(turns[1]); }));
    const std::jthread two(each(turns[1], [&] { next_turn(turns[2]); }));
    const std::jthread three(each(turns[2], [&] { box.receive(item); }));
    return box.send_all([&](letter sent) {
        item = sent;
        next_turn(turns[0]);
    });
}

}  // namespace

void add_questions() {
    compare("w4l/paipa", items, items, with_paipa);
    compare("w4l/tbb", items, items, with_tbb);
    compare("w4l/by_hand", items, items, by_hand);
    compare("w4l/atomic_wait", items, items, atomic_wait);
}

}  // namespace bench
