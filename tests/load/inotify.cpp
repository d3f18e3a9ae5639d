// inotify: watches added and removed; what is removed is freed by a delayed work item a jiffy
// later, many at once. flush-early: whole inotify instances closed; the close waits for that
// item, and so flushes it before its timer fires.
#include <sys/inotify.h>

#include "descriptor.h"
#include "generator.h"
#include "os_error.h"
#include "stopwatch.h"

namespace asynclat::load {
namespace {

constexpr std::string_view kFunction = "fsnotify_mark_destroy_workfn";

Result<Descriptor> open_inotify() {
	Descriptor inotify(inotify_init1(IN_CLOEXEC));
	if (!inotify) return os_error("inotify_init1", "raise /proc/sys/fs/inotify/max_user_instances");
	return inotify;
}

Result<int> add_watch(const Descriptor& inotify) {
	const int watch = inotify_add_watch(inotify.get(), "/", IN_DELETE_SELF);
	if (watch < 0) return os_error("cannot watch /");
	return watch;
}

}  // namespace

Result<Report> run_inotify(const Arguments& arguments) {
	const Result<Descriptor> inotify = open_inotify();
	if (!inotify) return inotify.error();
	const Stopwatch stopwatch;
	for (uint64_t i = 0; i < arguments.operations; i++) {
		const Result<int> watch = add_watch(*inotify);
		if (!watch) return watch.error();
		if (inotify_rm_watch(inotify->get(), *watch)) return os_error("inotify_rm_watch");
	}
	return Report{kFunction, {}, stopwatch.elapsed_ns()};
}

Result<Report> run_flush_early(const Arguments& arguments) {
	const Stopwatch stopwatch;
	for (uint64_t i = 0; i < arguments.operations; i++) {
		const Result<Descriptor> inotify = open_inotify();
		if (!inotify) return inotify.error();
		if (const Result<int> watch = add_watch(*inotify); !watch) return watch.error();
	}
	const uint64_t n = arguments.operations;
	return Report{kFunction, {{"queued", n}, {"started", n}}, stopwatch.elapsed_ns()};
}

}  // namespace asynclat::load
