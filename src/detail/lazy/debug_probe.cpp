#include <paipa/detail/lazy/debug_probe.hpp>
#include <paipa/detail/lazy/debug_session.hpp>
#include <paipa/observe/debugger.hpp>

#include <any>
#include <map>
#include <memory>
#include <typeindex>
#include <typeinfo>
#include <utility>

namespace paipa::detail {

struct weighers::table {
    std::map<std::type_index, std::any> rows;
};

void weighers::set(const std::type_info& item, std::any weigher) {
    auto next = table_ == nullptr ? std::make_shared<table>() : std::make_shared<table>(*table_);
    next->rows[std::type_index(item)] = std::move(weigher);
    table_ = std::move(next);
}

const std::any* weighers::find(const std::type_info& item) const {
    if (table_ == nullptr) {
        return nullptr;
    }
    const auto found = table_->rows.find(std::type_index(item));
    return found == table_->rows.end() ? nullptr : &found->second;
}

debug_probe::debug_probe(std::shared_ptr<const debug_settings> settings, weighers all)
    : settings_(std::move(settings)), weighers_(std::move(all)) {}

/// Another chain, which has its own figures.
debug_probe::debug_probe(const debug_probe& other)
    : debug_probe(other.settings_, other.weighers_) {}

debug_probe::debug_probe(debug_probe&&) noexcept = default;
debug_probe& debug_probe::operator=(debug_probe&&) noexcept = default;

debug_probe::~debug_probe() {
    begin_next();
    for (const auto& s : sessions_) {
        s->finish();
    }
}

void debug_probe::begin_next() {
    if (session_ != nullptr) {
        sessions_.push_back(std::move(session_));
    }
}

const std::shared_ptr<debug_session>& debug_probe::session() {
    if (session_ == nullptr) {
        session_ = std::make_shared<debug_session>(settings_);
    }
    return session_;
}

}  // namespace paipa::detail
