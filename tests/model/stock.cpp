#include "erased.hpp"

#include <string>

namespace model {
namespace {

template <class Flow>
plain_step named(const std::string& name, const script& s, const Flow& stock) {
    return erase<token, token>(paipa::step(name, stock, options_of(*s.plan)));
}

}  // namespace

plain_step make_stock(const std::string& name, const script& s) {
    switch (s.plan->what) {
        case kind::map:
            return named(name, s, paipa::map([s](token t) {
                             s.begin(t);
                             s.end(t);
                             return s.plan->child(t, 0);
                         }));
        case kind::filter:
            return named(name, s, paipa::filter([s](const token& t) {
                             s.begin(t);
                             s.end(t);
                             return !s.plan->skips(t);
                         }));
        case kind::flat_map:
            return named(name, s, paipa::flat_map([s](const token& t) {
                             s.begin(t);
                             pack all;
                             for (std::uint64_t i = 0; i < s.plan->fan_out(t, 3); ++i) {
                                 all.push_back(s.plan->child(t, i));
                             }
                             s.end(t);
                             return all;
                         }));
        default:
            return named(name, s, paipa::identity());
    }
}

erased_def<token, pack> make_chunk(const std::string& name, const script& s) {
    return erase<token, pack>(paipa::step(name, paipa::chunk(s.plan->size), options_of(*s.plan)));
}

erased_def<pack, token> make_flatten(const std::string& name, const script& s) {
    return erase<pack, token>(paipa::step(name, paipa::flatten(), options_of(*s.plan)));
}

}  // namespace model
