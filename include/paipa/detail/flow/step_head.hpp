#ifndef PAIPA_DETAIL_FLOW_STEP_HEAD_HPP
#define PAIPA_DETAIL_FLOW_STEP_HEAD_HPP
#include <paipa/options.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace paipa::detail {

/// What every step definition has, whatever its type.
struct step_head {
    // Not an aggregate: the library has these, so no program compiles them again.
    step_head(std::string n, step_options o, bool by_user);
    /// Of a stock step that has no name and no options of its own.
    explicit step_head(const char* kind);
    step_head(const step_head&);
    step_head(step_head&&) noexcept;
    step_head& operator=(const step_head&) = delete;
    step_head& operator=(step_head&&) = delete;
    ~step_head();

    std::string name;
    step_options options;
    bool named;  // by the user: then no other step may have the name
};

/// The heads of some steps in a row. Not a `std::span`: that would be a sixth of what it takes to
/// compile paipa's headers.
struct step_heads {
    [[nodiscard]] const step_head* const* begin() const noexcept { return first; }

    [[nodiscard]] const step_head* const* end() const noexcept { return first + count; }

    const step_head* const* first;
    std::size_t count;
};

/// Throws `config_error` for options that cannot work.
void check_step(const step_head& head);

/// Likewise, for steps that cannot give an item a second try.
void check_keeps_no_items(const step_head& head);

/// Likewise, for steps that keep items back until there are enough of them.
void check_keeps_back(const step_head& head);

/// Likewise, for steps that nobody tells that there is no input: all but class steps.
void check_never_idle(const step_head& head);

/// Throws `config_error` when the step has several threads; `why` says what stands against it.
void check_one_thread(const step_head& head, const std::string& why);

/// Likewise, for a step that has no edge in front of it, as it is fused to `first`.
void check_fused(const step_head& first, const step_head& head);

void check_pipeline(const pipeline_options& options);

/// Throws `config_error` when two steps have the same explicit name.
void check_names(const step_heads& heads);

/// Unnamed steps get their kind's name, with a number behind the second and later ones.
std::vector<std::string> unique_names(const step_heads& heads);

/// Fills in what the step leaves to the pipeline. `default_items`: the capacity if nobody says.
/// `keeps_items` false: the pipeline's retries and failure action are not for this kind of step.
step_options resolve(const step_head& head, const pipeline_options& pipeline,
                     std::size_t default_items, bool keeps_items);

/// Throws `config_error` when the step must keep failed items, and its callable consumes them.
void check_can_keep(const std::string& name, const step_options& resolved, bool can_keep);

/// Whether first tries bound the retries.
[[nodiscard]] bool has_budget(const retry_policy& policy) noexcept;

}  // namespace paipa::detail
#endif
