#include "kernel/submitters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "export/json.h"
#include "kernel/cgroups.h"
#include "unit/sample.h"
#include "view/submitter_rows.h"

namespace asynclat {
namespace {

using testing::ElementsAre;
using Json = nlohmann::json;

const Symbols kSymbols = Symbols::parse(
	"ffffffff81000000 T _stext\n"
	"ffffffff81000100 T __traceiter_workqueue_queue_work\n"
	"ffffffff81000200 T bpf_trace_run3\n"
	"ffffffff81000300 T __queue_work\n"
	"ffffffff81000400 T queue_work_on\n"
	"ffffffff82000000 T _etext\n"
	"ffffffffc0000000 t caller [ext4]\n");

// A program and its trampoline lie where modules do, and are none.
TEST(Submitters, AStackBeginsBehindTheTracing) {
	EXPECT_THAT(frames_of({0xffffffffc0009999, 0xffffffff81000222, 0xffffffff81000111,
						   0xffffffff81000333, 0xffffffff81000444, 0xffffffffc0000055},
						  kSymbols),
				ElementsAre("__queue_work+0x33", "queue_work_on+0x44", "caller+0x55"));
	// Without symbols nothing tells them apart.
	EXPECT_THAT(frames_of({0x1234, 0x5678}, Symbols::parse("")), ElementsAre("0x1234", "0x5678"));
	EXPECT_TRUE(frames_of({}, kSymbols).empty());
}

TEST(Cgroups, AreWhereCgroup2IsMounted) {
	EXPECT_EQ(cgroup_mount("proc /proc proc rw 0 0\ncgroup /sys/fs/cgroup/cpu cgroup rw 0 0\n"
						   "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n"),
			  "/sys/fs/cgroup/unified");
	EXPECT_EQ(cgroup_mount("proc /proc proc rw 0 0\nbad"), "");
}

TEST(SubmitterRows, NameATaskAndNobodyElse) {
	Submitter task{AL_IN_TASK, "fio", 812, 812, "/user.slice"};
	const std::vector<std::string> stack = {"queue_work_on+0x77", "io_submit_one+0x12"};
	EXPECT_EQ(submitter_rows(task, stack, 80).text(),
			  "  queued by fio-812 in /user.slice\n"
			  "    queue_work_on+0x77\n"
			  "    io_submit_one+0x12\n");
	task.pid = 800;
	task.cgroup = "";
	EXPECT_EQ(submitter_rows(task, {}, 80).text(), "  queued by fio-812 of process 800\n");
	EXPECT_EQ(submitter_rows(Submitter{AL_IN_SOFTIRQ}, {}, 80).text(), "  queued in softirq\n");
	EXPECT_TRUE(submitter_rows(std::nullopt, {}, 80).rows().empty());
}

TEST(SubmitterJson, LeavesOutWhatIsNotThere) {
	Item item{.mechanism = AL_WORKQUEUE, .wait_ns = 1, .function = "f"};
	EXPECT_FALSE(Json::parse(json_item(item)).contains("submitter"));
	item.submitter = Submitter{AL_IN_HARDIRQ};
	item.stack = {"queue_work_on+0x77"};
	Json json = Json::parse(json_item(item));
	EXPECT_EQ(json["submitter"], (Json{{"context", "hardirq"}}));
	EXPECT_EQ(json["stack"], Json::array({"queue_work_on+0x77"}));
	item.submitter = Submitter{AL_IN_TASK, "fio", 812, 800, "/user.slice"};
	EXPECT_EQ(Json::parse(json_item(item))["submitter"], (Json{{"context", "task"},
															   {"comm", "fio"},
															   {"tid", 812},
															   {"pid", 800},
															   {"cgroup", "/user.slice"}}));
}

}  // namespace
}  // namespace asynclat
