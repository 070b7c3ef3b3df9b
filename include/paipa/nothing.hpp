#ifndef PAIPA_NOTHING_HPP
#define PAIPA_NOTHING_HPP

namespace paipa {

/// What a step that returns nothing leaves in a chain of `combine`, one for each item; it must be
/// the chain's last step.
struct nothing {
    friend bool operator==(nothing, nothing) = default;
};

}  // namespace paipa
#endif
