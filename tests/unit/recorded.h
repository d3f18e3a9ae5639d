// A recording in memory, and what a reader makes of bytes.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "recording/recording_reader.h"
#include "recording/recording_writer.h"

namespace asynclat {

// A descriptor from which these bytes can be read.
inline int file_of(std::string_view bytes) {
	const int fd = memfd_create("recording", MFD_CLOEXEC);
	EXPECT_EQ(write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
	EXPECT_EQ(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

// The pieces as they are written: the start, an interval each, the end.
inline std::vector<std::string> recorded(const Description& description,
										 const std::vector<Interval>& intervals) {
	RecordingWriter writer;
	std::vector<std::string> pieces{writer.start(description, "host")};
	for (const Interval& i : intervals) pieces.push_back(writer.interval(i));
	pieces.push_back(RecordingWriter::end("count"));
	return pieces;
}

inline std::string joined(const std::vector<std::string>& pieces) {
	std::string bytes;
	for (const std::string& piece : pieces) bytes += piece;
	return bytes;
}

struct Outcome {
	bool opened = false;
	std::vector<Interval> intervals;
	std::string reason;
	std::optional<Error> error;
};

inline Outcome outcome_of(std::string_view bytes) {
	Outcome outcome;
	auto reader = RecordingReader::open(file_of(bytes));
	if (!reader) {
		outcome.error = reader.error();
		return outcome;
	}
	outcome.opened = true;
	for (;;) {
		auto interval = reader->next();
		if (!interval) outcome.error = interval.error();
		if (!interval || !*interval) break;
		outcome.intervals.push_back(std::move(**interval));
	}
	outcome.reason = reader->reason();
	return outcome;
}

}  // namespace asynclat
