#include <paipa/failure_rules.hpp>

#include <algorithm>
#include <exception>

namespace paipa {

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
