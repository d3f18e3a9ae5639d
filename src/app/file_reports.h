// Reports that are made for files: a recording, a trace.
#pragma once

#include <string>

#include "app/report.h"
#include "export/trace.h"
#include "recording/recording_writer.h"

namespace asynclat {

std::string host_name();

class RecordingReport : public Report {
public:
	std::string start(const Description& description) override {
		return writer_.start(description, host_name());
	}
	std::string interval(const Interval& interval, const Description&) override {
		return writer_.interval(interval);
	}
	std::string items(const std::vector<Item>& items, const Description&) override {
		return RecordingWriter::items(items);
	}
	std::string runs(const std::vector<Run>& runs) override { return RecordingWriter::runs(runs); }
	std::string end(const Interval& last, const Interval&, const Description&,
					std::string_view reason) override {
		return (last.length_ns ? writer_.interval(last) : "") + RecordingWriter::end(reason);
	}

private:
	RecordingWriter writer_;
};

class TraceReport : public Report {
public:
	std::string start(const Description& description) override { return trace_.start(description); }
	std::string interval(const Interval&, const Description&) override { return ""; }
	std::string items(const std::vector<Item>& items, const Description&) override {
		std::string text;
		for (const Item& item : items) text += trace_.item(item);
		items_ += items.size();
		return text;
	}
	std::string runs(const std::vector<Run>& runs) override {
		std::string text;
		for (const Run& run : runs) text += trace_.run(run);
		return text;
	}
	std::string end(const Interval&, const Interval&, const Description&,
					std::string_view) override {
		return trace_.end();
	}

	[[nodiscard]] uint64_t items() const { return items_; }

private:
	Trace trace_;
	uint64_t items_ = 0;
};

}  // namespace asynclat
