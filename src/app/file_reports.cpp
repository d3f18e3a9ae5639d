#include "app/file_reports.h"

#include <sys/utsname.h>

namespace asynclat {

std::string host_name() {
	utsname names{};
	return uname(&names) ? "" : names.nodename;
}

}  // namespace asynclat
