#include <paipa/failure_rules.hpp>

#include <algorithm>
#include <exception>
#include <initializer_list>
#include <utility>

namespace paipa {

failure_rules::failure_rules(failure_action a) {
    rules_.emplace_back(a);
}

failure_rules::failure_rules(failure_rule rule) {
    rules_.push_back(std::move(rule));
}

failure_rules::failure_rules(std::initializer_list<failure_rule> rules) : rules_(rules) {}

// Defined here, so that programs that copy options need not compile them:
failure_rules::failure_rules(const failure_rules& other) = default;
failure_rules::failure_rules(failure_rules&& other) noexcept = default;
failure_rules& failure_rules::operator=(const failure_rules& other) = default;
failure_rules& failure_rules::operator=(failure_rules&& other) noexcept = default;
failure_rules::~failure_rules() = default;

void failure_rules::add(const failure_rules& more) {
    rules_.insert(rules_.end(), more.rules_.begin(), more.rules_.end());
}

failure_action failure_rules::action_for(const std::exception_ptr& error) const {
    for (const failure_rule& rule : rules_) {
        if (rule.on.accepts(error)) {
            return rule.action;
        }
    }
    return failure_action::fail;
}

failure_action failure_rules::last_action() const noexcept {
    for (const failure_rule& rule : rules_) {
        if (rule.on.accepts_all()) {
            return rule.action;
        }
    }
    return failure_action::fail;
}

bool failure_rules::may(failure_action a) const noexcept {
    for (const failure_rule& rule : rules_) {
        if (rule.action == a) {
            return true;
        }
        if (rule.on.accepts_all()) {
            return false;
        }
    }
    return a == failure_action::fail;
}

bool failure_rules::has_idle_rules() const noexcept {
    const auto plain = std::find_if(rules_.begin(), rules_.end(),
                                    [](const failure_rule& r) { return r.on.accepts_all(); });
    return plain != rules_.end() && plain + 1 != rules_.end();
}

}  // namespace paipa
