#ifndef PAIPA_TESTS_READ_TO_THE_END_HPP
#define PAIPA_TESTS_READ_TO_THE_END_HPP

/// Calls `f` with each result of the run. A failure of the run is thrown when the run has ended:
/// `results()` by itself waits only a moment for workers that are still busy.
template <class Pipeline, class F>
void read_to_the_end(Pipeline& p, F f) {
    try {
        for (auto&& result : p.results()) {
            f(result);
        }
    } catch (...) {
        p.stop();  // throws the same failure
        throw;
    }
}

#endif
