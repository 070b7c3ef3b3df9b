#ifndef PAIPA_NOTHING_HPP
#define PAIPA_NOTHING_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // of names that a program has

namespace paipa {

/// What a step that returns nothing leaves in a chain of `combine`, one for each item; it must be
/// the chain's last step.
struct nothing {
    friend bool operator==(nothing, nothing) = default;
};

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
