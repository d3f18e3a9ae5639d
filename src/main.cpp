#include <fmt/format.h>
#include <unistd.h>

#include <variant>

#include "app/cli.h"
#include "app/commands.h"
#include "app/outlet.h"

using namespace asynclat;

namespace {

int leave(const Error& error) {
	tell(fmt::format("asynclat: {}{}{}", error.what, error.evidence.empty() ? "" : ": ",
					 error.evidence));
	if (!error.hint.empty()) tell("  " + error.hint);
	return static_cast<int>(error.exit);
}

}  // namespace

int main(int argc, char** argv) {
	if (const auto usable = claim_standard_files(); !usable) return leave(usable.error());
	const auto parsed = parse(argc, argv);
	if (!parsed) return leave(parsed.error());
	if (const auto* text = std::get_if<Text>(&*parsed)) {
		const auto written = Outlet(STDOUT_FILENO).write(text->text);
		return written ? 0 : leave(written.error());
	}
	const auto exit = run(std::get<Options>(*parsed));
	return exit ? static_cast<int>(*exit) : leave(exit.error());
}
