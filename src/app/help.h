// The help, printed from the grammar: at most 80 columns.
#pragma once

#include <string>

#include "app/options.h"

namespace asynclat {

// For `asynclat --help` everything; for a command with a name its own options only.
std::string help_text(Command command);

}  // namespace asynclat
