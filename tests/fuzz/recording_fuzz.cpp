// What a reader of recordings does with any bytes: nothing bad. Mutations hardly ever keep a
// checksum right, so most inputs are what is behind it: the columns of a description, of an
// interval and of items, put into blocks here.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "catalog/mechanism.h"
#include "recording/blocks.h"
#include "recording/columns.h"
#include "recording/recording_writer.h"
#include "recording/replay.h"

namespace {

using namespace asynclat;
using recording::BlockKind;

int file_of(std::string_view bytes) {
	const int fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (fd < 0 || write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
		std::abort();
	lseek(fd, 0, SEEK_SET);
	return fd;
}

// A real description and what of the input follows the first byte, in blocks with checksums.
std::string in_blocks(uint8_t how, std::string_view input) {
	Description description;
	description.cpus = {0, 1, 3};
	for (const Mechanism& m : catalog()) description.mechanisms.push_back({.mechanism = m.id});
	RecordingWriter writer;
	const std::string start = writer.start(description, "host");
	const std::string body = recording::deflated(input);
	if (how == 1) return recording::file_header() + recording::block(BlockKind::description, body);
	const std::string interval = recording::block(BlockKind::interval, body);
	if (how == 2) {
		const std::string items = recording::block(BlockKind::items, body);
		return start + items + items + writer.interval({.data = {.mono_ns = 1}}) +
			   RecordingWriter::end("dump");
	}
	return start + interval + interval + RecordingWriter::end("count");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
	if (size == 0) return 0;
	const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
	auto replay =
		Replay::open(file_of(data[0] == 0 ? std::string(input) : in_blocks(data[0], input)));
	if (!replay) return 0;
	Snapshot before;
	Interval total;
	while (!(*replay)->at_end()) {
		auto snapshot = (*replay)->read();
		if (!snapshot) break;
		accumulate(total, difference(before, *snapshot));
		before = std::move(*snapshot);
		(void)(*replay)->take_items();
		(void)(*replay)->take_runs();
	}
	for (const MechanismData& m : total.data.mechanisms) (void)m.headline_count();
	return 0;
}
