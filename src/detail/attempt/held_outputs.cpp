#include <paipa/detail/attempt/held_outputs.hpp>
#include <paipa/error.hpp>

#include <string>

namespace paipa::detail {

void refuse_more_outputs(const std::string& step) {
    throw state_error("step '" + step + "': outputs of one item: expected at most " +
                      std::to_string(most_held_outputs) +
                      ", which are held until the item has succeeded, got more; use .outputs = "
                      "paipa::outputs::at_once, or make smaller items");
}

}  // namespace paipa::detail
