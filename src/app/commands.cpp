#include "app/commands.h"

namespace asynclat {

Result<Exit> run(const Options& options) {
	switch (options.command) {
		case Command::doctor:
			return run_doctor(options);
		case Command::list:
			return run_list(options);
		case Command::record:
			return run_record(options);
		case Command::replay:
			return run_replay(options);
		case Command::demo:
			return run_demo(options);
		case Command::pending:
		case Command::live:
			break;
	}
	return run_live(options);
}

}  // namespace asynclat
