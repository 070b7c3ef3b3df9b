#ifndef PAIPA_OBSERVE_SHOW_REPORTERS_HPP
#define PAIPA_OBSERVE_SHOW_REPORTERS_HPP
#include <paipa/observe/reporter.hpp>

#include <memory>
#include <string>
#include <vector>

namespace paipa {

/// Shows the figures to all; one that throws is logged and taken off the list.
void show_reporters(std::vector<std::shared_ptr<reporter>>& reporters,
                    const std::vector<step_record>& figures, const std::string& who);

}  // namespace paipa
#endif
