#ifndef PAIPA_DETAIL_LAZY_DEBUG_PROBE_HPP
#define PAIPA_DETAIL_LAZY_DEBUG_PROBE_HPP
#include <paipa/detail/item/type_info.hpp>
#include <paipa/detail/lazy/cursor.hpp>
#include <paipa/detail/lazy/debug_session.hpp>
#include <paipa/steps/flatten.hpp>

#include <any>
#include <cstddef>
#include <functional>
#include <memory>
#include <ranges>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

namespace paipa::detail {

/// By item type: a `std::function<std::size_t(const T&)>`. Copies stay as they are.
class weighers {
public:
    void set(const std::type_info& item, std::any weigher);

    /// Null where there is none.
    [[nodiscard]] const std::any* find(const std::type_info& item) const;

private:
    struct table;
    std::shared_ptr<const table> table_;  // null: empty
};

/// Time counts for one step while this lives.
class debug_turn {
public:
    debug_turn(debug_session& s, std::size_t place) noexcept
        : session_(s), before_(s.enter(place)) {}

    debug_turn(const debug_turn&) = delete;
    debug_turn& operator=(const debug_turn&) = delete;

    ~debug_turn() { session_.leave(before_); }

private:
    debug_session& session_;
    std::size_t before_;
};

/// A step's outputs, with what the step does until each of them measured.
template <class Base>
class probe_cursor {
    using weigher = std::function<std::size_t(const typename Base::value&)>;

public:
    using value = typename Base::value;
    using reference = typename Base::reference;

    probe_cursor(Base base, std::shared_ptr<debug_session> session, const std::string& name,
                 const weighers& all)
        : base_(std::move(base)), session_(std::move(session)), place_(session_->add(name)) {
        if (const std::any* const found = all.find(*type_info_of<value>()); found != nullptr) {
            weigh_ = std::any_cast<weigher>(*found);
        }
    }

    bool next() {
        const bool more = measured();
        if (!more && session_->is_last(place_)) {
            session_->finish();
        }
        return more;
    }

    reference item() { return base_.item(); }

private:
    bool measured() {
        const debug_turn turn(*session_, place_);
        if (!base_.next()) {
            return false;
        }
        const value& item = base_.item();
        session_->count(place_, entries(item));
        return true;
    }

    std::size_t entries(const value& item) {
        if (weigh_) {
            try {
                return weigh_(item);
            } catch (...) {  // a debugger changes nothing in what the chain does
                session_->weigher_threw(place_);
                weigh_ = nullptr;
            }
        }
        if constexpr (nested_range<value> && std::ranges::sized_range<const value>) {
            return static_cast<std::size_t>(std::ranges::size(item));
        } else {
            return 1;
        }
    }

    Base base_;
    std::shared_ptr<debug_session> session_;
    std::size_t place_;
    weigher weigh_;
};

/// Puts a `probe_cursor` behind the source and each step of a chain.
class debug_probe {
public:
    debug_probe(std::shared_ptr<const debug_settings> settings, weighers all);
    debug_probe(const debug_probe& other);
    debug_probe(debug_probe&&) noexcept;
    debug_probe& operator=(const debug_probe&) = delete;
    debug_probe& operator=(debug_probe&&) noexcept;

    /// The consumer may have left early.
    ~debug_probe();

    /// What comes next is walked by another thread.
    void begin_next();

    template <class View>
    auto operator()(View view, const std::string& name) {
        return cursor_view(probe_cursor(cursor_of(std::move(view)), session(), name, weighers_));
    }

private:
    const std::shared_ptr<debug_session>& session();

    std::shared_ptr<const debug_settings> settings_;
    weighers weighers_;
    std::shared_ptr<debug_session> session_;                // from the first view on
    std::vector<std::shared_ptr<debug_session>> sessions_;  // those in front of it
};

}  // namespace paipa::detail
#endif
