#include "recording/item_block.h"

#include <map>
#include <utility>

#include "catalog/mechanism.h"
#include "recording/format.h"

namespace asynclat::recording {
namespace {

constexpr size_t kColumns = static_cast<size_t>(ItemColumn::count_of_columns);

constexpr size_t at(ItemColumn column) { return static_cast<size_t>(column); }

// ---- writing ---------------------------------------------------------------------------------

class Writer {
public:
	void put(const Item& item) {
		ColumnWriter& out = columns_[at(ItemColumn::items)];
		out.put(number_of(item.mechanism));
		out.put(item.item_class);
		out.put_beside(item.begun_mono_ns, last_item_ns_);
		out.put(item.wait_ns);
		out.put(item.cpu);
		put_name(out, item.function);
		put_name(out, item.queue);
		out.put(item.stages.size());
		for (const auto& [stage, ns] : item.stages) {
			out.put(number_of(stage));
			out.put(ns);
		}
		out.put(item.blocker.has_value());
		out.put(item.submitter.has_value());
		put_stack(out, item.stack);
		if (item.blocker) put(*item.blocker);
		if (item.submitter) put(*item.submitter);
		last_item_ns_ = item.begun_mono_ns;
	}

	void put(const Run& run) {
		ColumnWriter& out = columns_[at(ItemColumn::runs)];
		out.put(number_of(run.mechanism));
		out.put_beside(run.begun_mono_ns, last_run_ns_);
		out.put(run.ran_ns);
		out.put(run.cpu);
		put_name(out, run.function);
		put_name(out, run.thread);
		out.put(run.tid);
		last_run_ns_ = run.begun_mono_ns;
	}

	std::string bytes() { return deflated(columns_); }

private:
	void put(const Blocker& blocker) {
		ColumnWriter& out = columns_[at(ItemColumn::blockers)];
		out.put(blocker.kind);
		put_name(out, blocker.function);
		put_name(out, blocker.thread);
		put_name(out, blocker.at);
		for (const uint64_t value :
			 {uint64_t{blocker.tid}, blocker.ran_ns, uint64_t{blocker.max_active},
			  uint64_t{blocker.policy}, uint64_t{blocker.priority}, uint64_t{blocker.number}})
			out.put(value);
		out.put(blocker.target);
		put_stack(out, blocker.stack);
	}

	void put(const Submitter& submitter) {
		ColumnWriter& out = columns_[at(ItemColumn::submitters)];
		out.put(submitter.context);
		put_name(out, submitter.comm);
		out.put(submitter.tid);
		out.put(submitter.pid);
		put_name(out, submitter.cgroup);
	}

	void put_stack(ColumnWriter& out, std::span<const std::string> stack) {
		stack = stack.first(std::min(stack.size(), kMostFrames));
		out.put(stack.size());
		for (const std::string& frame : stack) put_name(out, frame);
	}

	void put_name(ColumnWriter& out, const std::string& name) {
		const auto [known, is_new] = numbers_.emplace(name, numbers_.size());
		out.put(known->second);
		if (is_new) columns_[at(ItemColumn::names)].put(name);
	}

	std::vector<ColumnWriter> columns_{kColumns};
	std::map<std::string, uint64_t, std::less<>> numbers_{{"", 0}};
	uint64_t last_item_ns_ = 0, last_run_ns_ = 0;
};

// ---- reading ---------------------------------------------------------------------------------

class Reader {
public:
	Reader(Columns& columns, CatalogNames& catalog, ItemsRead& read)
		: columns_(columns), catalog_(catalog), read_(read) {
		ColumnReader& names = columns_[at(ItemColumn::names)];
		while (goes_on(names, kMostItemNames - names_.size())) names_.push_back(names.text());
	}

	void items() {
		ColumnReader& in = columns_[at(ItemColumn::items)];
		for (size_t left = kMostItems; goes_on(in, left); left--) {
			Item item;
			const auto id = catalog_.mechanism(in);
			const auto item_class = catalog_.item_class(in);
			item.begun_mono_ns = last_item_ns_ = in.get_beside(last_item_ns_);
			item.wait_ns = in.get();
			item.cpu = static_cast<uint32_t>(in.get());
			item.function = name(in);
			item.queue = name(in);
			for (size_t stages = in.count(AL_STAGES); stages > 0; stages--) {
				const auto stage = catalog_.stage(in);
				const uint64_t ns = in.get();
				if (stage) item.stages.emplace_back(*stage, ns);
			}
			const bool blocked = in.get(), submitted = in.get();
			item.stack = stack(in);
			if (blocked) item.blocker = blocker();
			if (submitted) item.submitter = submitter();
			if (!id || !item_class) continue;
			item.mechanism = *id;
			item.item_class = *item_class;
			read_.items.push_back(std::move(item));
		}
	}

	void runs() {
		ColumnReader& in = columns_[at(ItemColumn::runs)];
		for (size_t left = kMostItems; goes_on(in, left); left--) {
			Run run;
			const auto id = catalog_.mechanism(in);
			run.begun_mono_ns = last_run_ns_ = in.get_beside(last_run_ns_);
			run.ran_ns = in.get();
			run.cpu = static_cast<uint32_t>(in.get());
			run.function = name(in);
			run.thread = name(in);
			run.tid = static_cast<uint32_t>(in.get());
			if (!id) continue;
			run.mechanism = *id;
			read_.runs.push_back(std::move(run));
		}
	}

private:
	bool goes_on(ColumnReader& in, size_t left) {
		if (!in.left() || columns_.failed()) return false;
		if (!left) in.fail();
		return left > 0;
	}

	Blocker blocker() {
		ColumnReader& in = columns_[at(ItemColumn::blockers)];
		Blocker blocker;
		blocker.kind = static_cast<al_blocker_kind>(in.below(AL_BLOCKED_BY_IRQS_OFF + 1));
		blocker.function = name(in);
		blocker.thread = name(in);
		blocker.at = name(in);
		blocker.tid = static_cast<uint32_t>(in.get());
		blocker.ran_ns = in.get();
		blocker.max_active = static_cast<uint32_t>(in.get());
		blocker.policy = static_cast<uint32_t>(in.get());
		blocker.priority = static_cast<uint32_t>(in.get());
		blocker.number = static_cast<uint32_t>(in.get());
		blocker.target = static_cast<al_target>(in.below(AL_TARGET_STOPPED + 1));
		blocker.stack = stack(in);
		return blocker;
	}

	Submitter submitter() {
		ColumnReader& in = columns_[at(ItemColumn::submitters)];
		Submitter submitter;
		submitter.context = static_cast<al_context>(in.below(AL_IN_NMI + 1));
		submitter.comm = name(in);
		submitter.tid = static_cast<uint32_t>(in.get());
		submitter.pid = static_cast<uint32_t>(in.get());
		submitter.cgroup = name(in);
		return submitter;
	}

	std::vector<std::string> stack(ColumnReader& in) {
		std::vector<std::string> frames;
		for (size_t left = in.count(kMostFrames); left > 0 && !in.failed(); left--)
			frames.push_back(name(in));
		return frames;
	}

	// A few bytes may name a long text over and over.
	std::string name(ColumnReader& in) {
		const std::string& name = names_[in.below(names_.size())];
		read_.text_bytes += sizeof(name) + name.size();
		if (read_.text_bytes <= kMostItemText) return name;
		in.fail();
		return "";
	}

	Columns& columns_;
	CatalogNames& catalog_;
	ItemsRead& read_;
	std::vector<std::string> names_{""};
	uint64_t last_item_ns_ = 0, last_run_ns_ = 0;
};

}  // namespace

std::string items_body(std::span<const Item> items, std::span<const Run> runs) {
	Writer writer;
	for (const Item& item : items) writer.put(item);
	for (const Run& run : runs) writer.put(run);
	return writer.bytes();
}

Status read_items(std::string_view body, CatalogNames& catalog, ItemsRead& read) {
	auto columns = Columns::inflate(body, kColumns);
	if (!columns) return columns.error();
	const size_t items = read.items.size(), runs = read.runs.size();
	Reader reader(*columns, catalog, read);
	reader.items();
	reader.runs();
	if (!columns->failed() && read.items.size() + read.runs.size() <= kMostItemsAtOnce)
		return Nothing{};
	read.items.resize(items);
	read.runs.resize(runs);
	return Error{.what = "the items are damaged"};
}

}  // namespace asynclat::recording
