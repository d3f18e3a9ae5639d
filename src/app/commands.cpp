#include "app/commands.h"

namespace asynclat {

Result<Exit> run(const Options& options) {
	switch (options.command) {
		case Command::doctor:
			return run_doctor(options);
		case Command::list:
			return run_list(options);
		case Command::live:
			break;
	}
	return run_live(options);
}

}  // namespace asynclat
