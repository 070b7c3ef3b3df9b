// The headers that make tests slow to compile. A test still includes what it uses.
#include <paipa/paipa.hpp>

#include "engine_test_pch.hpp"
