#include "erased.hpp"

#include <any>
#include <cstddef>
#include <string>
#include <utility>

namespace model {
namespace {

class emitter final : public paipa::abstract_step<token, token, void> {
public:
    explicit emitter(script s) : s_(s) {}

    void process(token t) override {
        s_.begin(t);
        const auto n = s_.plan->fan_out(t, 2);
        for (std::uint64_t i = 0; i < n; ++i) {
            emit(s_.plan->child(t, i));
        }
        s_.end(t);
    }

    void step_initialize() override { note(type::step_initialize); }

    void initialize() override { note(type::initialize); }

    void thread_initialize() override { note(type::thread_initialize); }

    void thread_shutdown() override {
        note(type::thread_shutdown);
        emit(s_.plan->farewell(self().index()));
    }

    void step_shutdown() override {
        note(type::step_shutdown);
        emit(s_.plan->farewell(self().siblings()));
    }

    std::any process_meta(std::any meta) override {
        s_.book->note(type::meta, std::any_cast<std::size_t>(meta));
        return meta;
    }

private:
    using type = diary::entry::type;

    void note(type hook) { s_.book->note(hook, 0); }

    script s_;
};

paipa::generator<token> pull(paipa::generator<token> in, script s) {
    for (token t : in) {
        s.book->note(diary::entry::type::begin, t.index);
        s.end(t);
        co_yield s.plan->child(t, 0);
    }
}

paipa::generator<token> take(paipa::generator<token> in, script s) {
    std::size_t left = s.plan->size;
    for (token t : in) {
        s.book->pass(t);
        co_yield t;
        if (--left == 0) {
            break;
        }
    }
}

}  // namespace

plain_step make_stateful(const std::string& name, const script& s) {
    const auto o = options_of(*s.plan);
    if (s.plan->what == kind::emitter) {
        return erase<token, token>(paipa::step<emitter>(name, o, s));
    }
    const paipa::step_options plain{.threads = o.threads, .capacity = o.capacity};
    if (s.plan->what == kind::take) {
        return erase<token, token>(paipa::iter_step(
            name, [s](paipa::generator<token> in) { return take(std::move(in), s); }, plain));
    }
    return erase<token, token>(paipa::iter_step(
        name, [s](paipa::generator<token> in) { return pull(std::move(in), s); }, plain));
}

plain_step make_plain(const std::string& name, const script& s) {
    switch (s.plan->what) {
        case kind::value:
        case kind::optional:
        case kind::generator:
            return make_function(name, s);
        case kind::emitter:
        case kind::pull:
        case kind::take:
            return make_stateful(name, s);
        default:
            return make_stock(name, s);
    }
}

}  // namespace model
