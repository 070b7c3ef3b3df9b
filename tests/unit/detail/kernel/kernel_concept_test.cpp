#include <paipa/abstract_step.hpp>
#include <paipa/context.hpp>
#include <paipa/detail/item/item_type.hpp>
#include <paipa/detail/item/outcome.hpp>
#include <paipa/detail/kernel/context_kernel.hpp>
#include <paipa/detail/kernel/fused_kernel.hpp>
#include <paipa/detail/kernel/kernel.hpp>
#include <paipa/detail/kernel/kernel_concept.hpp>
#include <paipa/detail/kernel/kernel_hooks.hpp>
#include <paipa/detail/stage/output.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/timed_chunk.hpp>
#include <paipa/time.hpp>

#include <gtest/gtest.h>

#include <any>
#include <cstddef>
#include <string>

namespace {

using paipa::time_point;
using paipa::detail::item_box;
using paipa::detail::kernel;
using paipa::detail::outcome;
using paipa::detail::worker_context;

template <class Out>
using output = paipa::detail::output<Out>;

/// What every kernel must have.
struct plain {
    using input = int;
    using output = int;
    static constexpr bool many_outputs = false;
    static constexpr bool can_keep = true;

    template <class E>
    outcome process(int& item, bool /*keep*/, E& out) {
        out(item);
        return outcome::finished;
    }
};

struct halving : paipa::abstract_step<int, int> {
    int process(int x) override { return x / 2; }
};

using function = int (*)(int);
using function_with_context = int (*)(int, paipa::context&);

TEST(kernel_concept, holds_for_all_kinds_of_kernels) {
    static_assert(kernel<plain>);
    static_assert(kernel<paipa::detail::function_kernel<function, int>>);
    static_assert(
        kernel<paipa::detail::function_kernel<void (*)(const std::string&), std::string>>);
    static_assert(kernel<paipa::detail::class_kernel<halving>>);
    static_assert(kernel<paipa::detail::class_kernel<halving, short>>);
    static_assert(kernel<paipa::detail::kernel_for<paipa::detail::function_kernel,
                                                   function_with_context, int>::type>);
    static_assert(kernel<paipa::detail::fused_kernel<int, function, function>>);
    static_assert(kernel<paipa::detail::fused_kernel<int, function_with_context, function>>);
    static_assert(kernel<paipa::detail::chunk_stock::kernel<int>>);
    static_assert(kernel<paipa::detail::timed_chunk_stock::kernel<int>>);
    static_assert(!kernel<int>);
    static_assert(!kernel<function>);
}

struct without_can_keep {
    using input = int;
    using output = int;
    static constexpr bool many_outputs = false;

    template <class E>
    outcome process(int& /*item*/, bool /*keep*/, E& /*out*/) {
        return outcome::finished;
    }
};

struct without_outcome : plain {
    template <class E>
    void process(int& /*item*/, bool /*keep*/, E& /*out*/) {}
};

struct without_keep : plain {
    template <class E>
    outcome process(int& /*item*/, E& /*out*/) {
        return outcome::finished;
    }
};

struct unmovable : plain {
    unmovable() = default;
    unmovable(const unmovable&) = delete;
    unmovable& operator=(const unmovable&) = delete;
    ~unmovable() = default;
};

TEST(kernel_concept, wants_what_a_worker_uses_for_each_item) {
    static_assert(!kernel<without_can_keep>);
    static_assert(!kernel<without_outcome>);
    static_assert(!kernel<without_keep>);
    static_assert(!kernel<unmovable>);
}

struct keeps : plain {
    [[nodiscard]] std::size_t kept() const noexcept { return 0; }

    void flush(::output<int>& /*out*/) {}
};

struct keeps_for_ever : plain {
    [[nodiscard]] std::size_t kept() const noexcept { return 0; }
};

struct flushes_elsewhere : keeps_for_ever {
    void flush(int /*out*/) {}
};

TEST(kernel_concept, wants_a_flush_from_whoever_keeps_items_back) {
    static_assert(kernel<keeps>);
    static_assert(!kernel<keeps_for_ever>);
    static_assert(!kernel<flushes_elsewhere>);
}

struct gives_back : plain {
    using given_type = int;

    void bind(::output<int>& /*out*/, worker_context& /*worker*/) {}

    item_box& given_back() noexcept { return box; }

    [[nodiscard]] time_point due() const noexcept { return {}; }

    void out_of_hand() noexcept {}

    item_box box{};
};

struct gives_back_at_no_time : plain {
    using given_type = int;

    void bind(::output<int>& /*out*/, worker_context& /*worker*/) {}

    item_box& given_back() noexcept { return box; }

    void out_of_hand() noexcept {}

    item_box box{};
};

TEST(kernel_concept, wants_the_time_of_an_item_that_is_given_back) {
    static_assert(kernel<gives_back>);
    static_assert(!kernel<gives_back_at_no_time>);
}

struct with_hooks : plain {
    void step_initialize() {}

    void initialize() {}

    void thread_initialize() noexcept {}

    void thread_shutdown() {}

    static void step_shutdown() {}

    void idle() {}

    static std::any meta(const std::any& entry) { return entry; }

    [[nodiscard]] time_point deadline(time_point now) const { return now; }
};

struct with_step_initialize : plain {
    void step_initialize(int) {}
};

struct with_initialize : plain {
    void initialize(int) {}
};

struct with_thread_initialize : plain {
    void thread_initialize(int) {}
};

struct with_thread_shutdown : plain {
    void thread_shutdown(int) {}
};

struct with_step_shutdown : plain {
    void step_shutdown(int) {}
};

struct with_idle : plain {
    void idle(int) {}
};

struct with_meta : plain {
    void meta(std::any) {}
};

struct with_deadline : plain {
    time_point deadline() { return {}; }
};

TEST(kernel_concept, refuses_hooks_that_would_never_be_called) {
    static_assert(kernel<with_hooks>);
    static_assert(!kernel<with_step_initialize>);
    static_assert(!kernel<with_initialize>);
    static_assert(!kernel<with_thread_initialize>);
    static_assert(!kernel<with_thread_shutdown>);
    static_assert(!kernel<with_step_shutdown>);
    static_assert(!kernel<with_idle>);
    static_assert(!kernel<with_meta>);
    static_assert(!kernel<with_deadline>);
}

}  // namespace
