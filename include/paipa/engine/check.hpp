#ifndef PAIPA_ENGINE_CHECK_HPP
#define PAIPA_ENGINE_CHECK_HPP

/// A static assertion whose text names the step's place in the flow: C++20 cannot compute the text,
/// so there is one assertion for each of the first places.
#define PAIPA_CHECK_STEP(place, condition, text)                       \
    static_assert((condition) || (place) != 1, "paipa: step 1 " text); \
    static_assert((condition) || (place) != 2, "paipa: step 2 " text); \
    static_assert((condition) || (place) != 3, "paipa: step 3 " text); \
    static_assert((condition) || (place) != 4, "paipa: step 4 " text); \
    static_assert((condition) || (place) != 5, "paipa: step 5 " text); \
    static_assert((condition) || (place) != 6, "paipa: step 6 " text); \
    static_assert((condition) || (place) < 7, "paipa: a step behind the sixth one " text)

#endif
