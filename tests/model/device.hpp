#ifndef PAIPA_TESTS_MODEL_DEVICE_HPP
#define PAIPA_TESTS_MODEL_DEVICE_HPP
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <utility>
#include <vector>

namespace model {

/// Stands for a network or a disk: answers after a time, on a thread of its own.
class device {
public:
    explicit device(paipa::runtime& rt) : rt_(rt), thread_(rt.spawn("device", [this] { run(); })) {}

    device(const device&) = delete;
    device& operator=(const device&) = delete;

    ~device() {
        over_.store(true);
        wake();
        thread_->join();
    }

    /// Calls `answer` after the time, on the device's thread.
    void ask(paipa::duration time, std::function<void()> answer) {
        const paipa::time_point due = paipa::later(rt_.now(), time);
        {
            const std::lock_guard lock(mutex_);
            asked_.push({due, ++age_, std::move(answer)});
        }
        wake();
    }

private:
    struct question {
        paipa::time_point due;
        std::uint64_t age;
        std::function<void()> answer;

        bool operator<(const question& other) const noexcept {
            return due != other.due ? due > other.due : age > other.age;
        }
    };

    void run() {
        place_.store(&rt_.here());
        while (!over_.load()) {
            std::vector<std::function<void()>> answers;
            paipa::time_point next = paipa::never;
            {
                const std::lock_guard lock(mutex_);
                while (!asked_.empty() && asked_.top().due <= rt_.now()) {
                    answers.push_back(asked_.top().answer);
                    asked_.pop();
                }
                next = asked_.empty() ? paipa::never : asked_.top().due;
            }
            for (const auto& answer : answers) {
                answer();
            }
            if (answers.empty()) {
                rt_.park(next);
            }
        }
    }

    void wake() {
        if (paipa::seat* const s = place_.load(); s != nullptr) {
            rt_.unpark(*s);
        }
    }

    paipa::runtime& rt_;
    std::mutex mutex_;  // guards the next two
    std::priority_queue<question> asked_;
    std::uint64_t age_ = 0;
    // The thread stores its seat before it looks at the questions, and whoever asks loads the seat
    // after its question lies there, so none is overlooked.
    std::atomic<paipa::seat*> place_{nullptr};
    std::atomic<bool> over_{false};
    std::unique_ptr<paipa::runtime::thread> thread_;
};

}  // namespace model
#endif
