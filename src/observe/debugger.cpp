#include <paipa/error.hpp>
#include <paipa/observe/debugger.hpp>
#include <paipa/observe/logging_reporter.hpp>
#include <paipa/runtime.hpp>
#include <paipa/time.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace paipa {

runtime_debugger::runtime_debugger(debugger_options options) {
    if (options.every <= duration::zero()) {
        throw config_error("paipa::runtime_debugger: every: expected more than 0, got " +
                           std::to_string(options.every.count()) + " ns");
    }
    if (std::any_of(options.reporters.begin(), options.reporters.end(),
                    [](const auto& r) { return r == nullptr; })) {
        throw config_error(
            "paipa::runtime_debugger: reporters: expected reporters, got a null one");
    }
    if (options.reporters.empty()) {
        options.reporters.push_back(std::make_shared<logging_reporter>());
    }
    settings_ = std::make_shared<const detail::debug_settings>(std::move(options));
}

namespace detail {

debug_settings::debug_settings(debugger_options o)
    : options(std::move(o)),
      showing(options.runtime != nullptr ? *options.runtime : default_runtime(),
              "paipa::runtime_debugger: reporters") {}

}  // namespace detail
}  // namespace paipa
