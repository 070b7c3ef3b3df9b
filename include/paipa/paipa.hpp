#ifndef PAIPA_PAIPA_HPP
#define PAIPA_PAIPA_HPP

// IWYU pragma: begin_exports
#include <paipa/abstract_step.hpp>
#include <paipa/combine.hpp>
#include <paipa/consume.hpp>
#include <paipa/context.hpp>
#include <paipa/error.hpp>
#include <paipa/error_filter.hpp>
#include <paipa/failure.hpp>
#include <paipa/failure_rules.hpp>
#include <paipa/flow.hpp>
#include <paipa/fuse.hpp>
#include <paipa/generator.hpp>
#include <paipa/log.hpp>
#include <paipa/nothing.hpp>
#include <paipa/observe/debugger.hpp>
#include <paipa/observe/json_reporter.hpp>
#include <paipa/observe/logging_reporter.hpp>
#include <paipa/observe/reporter.hpp>
#include <paipa/observe/tracker.hpp>
#include <paipa/options.hpp>
#include <paipa/pipeline.hpp>
#include <paipa/queue.hpp>
#include <paipa/report.hpp>
#include <paipa/results.hpp>
#include <paipa/runtime.hpp>
#include <paipa/step.hpp>
#include <paipa/steps/chunk.hpp>
#include <paipa/steps/entry_counter.hpp>
#include <paipa/steps/filter.hpp>
#include <paipa/steps/flat_map.hpp>
#include <paipa/steps/flatten.hpp>
#include <paipa/steps/identity.hpp>
#include <paipa/steps/map.hpp>
#include <paipa/steps/recursive_flatten.hpp>
#include <paipa/steps/take.hpp>
#include <paipa/steps/timed_chunk.hpp>
#include <paipa/stream.hpp>
#include <paipa/time.hpp>
#include <paipa/version.hpp>
#include <paipa/worker.hpp>
// IWYU pragma: end_exports

#endif
