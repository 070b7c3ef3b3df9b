#ifndef PAIPA_NOTHING_HPP
#define PAIPA_NOTHING_HPP
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"  // a program may have the same names

namespace paipa {

/// In a chain of `combine`, a step that returns nothing leaves one of these for each item. It must
/// be the chain's last step.
struct nothing {
    friend bool operator==(nothing, nothing) = default;
};

}  // namespace paipa

#pragma GCC diagnostic pop
#endif
