#include "recording/interval_block.h"

#include "catalog/mechanism.h"
#include "recording/expected.h"
#include "recording/format.h"

namespace asynclat::recording {
namespace {

constexpr size_t kColumns = static_cast<size_t>(Column::count_of_columns);
constexpr size_t kMostRows = 1000;

constexpr size_t at(Column column) { return static_cast<size_t>(column); }

bool holds_nothing(const Histogram& h) {
	if (h.sum_ns || h.min_ns != kNoMinimum || h.max.value_ns || h.max.mono_ns) return false;
	return h.max.function.empty() && h.empty();
}

}  // namespace

// ---- writing ---------------------------------------------------------------------------------

class IntervalWriter::Body {
public:
	Body(IntervalWriter& writer, const Interval& interval) : writer_(writer), columns_(kColumns) {
		put_clocks(interval);
		put(Column::rows, interval.data.mechanisms.size());
		for (const MechanismData& m : interval.data.mechanisms) put_mechanism(m);
		for (const WaitingItem& item : interval.data.oldest) put_oldest(item);
	}
	std::string bytes() { return deflated(columns_); }

private:
	ColumnWriter& operator[](Column column) { return columns_[at(column)]; }
	void put(Column column, uint64_t value) { (*this)[column].put(value); }

	void put_clocks(const Interval& interval) {
		const Snapshot& data = interval.data;
		Clocks& last = writer_.last_;
		ColumnWriter& clock = (*this)[Column::clock];
		clock.put_beside(data.mono_ns, last.mono_ns);
		clock.put_beside(data.wall_ns, last.wall_ns + data.mono_ns - last.mono_ns);
		clock.put(data.overhead.events);
		clock.put(data.overhead.cpu_ns);
		clock.put_beside(data.overhead.rss_bytes, last.rss_bytes);
		last = {data.mono_ns, data.wall_ns, data.overhead.rss_bytes};
	}

	void put_mechanism(const MechanismData& m) {
		put(Column::rows, number_of(m.mechanism));
		put_books(m.books);
		put(Column::rows, m.stages.size());
		for (const StageData& s : m.stages) put_stage(s);
		put_groups(m);
	}

	void put_stage(const StageData& s) {
		put(Column::rows, number_of(s.stage));
		put(Column::rows, s.item_class);
		put(Column::rows, s.books.has_value());
		if (s.books) put_books(*s.books);
		put(Column::rows, s.cpus.size());
		for (size_t i = 0; i < s.cpus.size(); i++)
			put_histogram(s.cpus[i], i < writer_.cpus_.size() ? writer_.cpus_[i] : 0);
	}

	void put_groups(const MechanismData& m) {
		std::vector<const GroupData*> rows;
		for (const GroupData& g : m.groups)
			if (writer_.groups_.emplace(m.mechanism, g.kind, g.name).second ||
				!holds_nothing(g.histogram))
				rows.push_back(&g);
		put(Column::rows, rows.size());
		for (const GroupData* g : rows) {
			put(Column::rows, g->kind);
			put_name(Column::rows, g->name);
			put_histogram(g->histogram, 0);
		}
	}

	// Their names are not numbered: who skips this column has the numbers all the same.
	void put_oldest(const WaitingItem& item) {
		ColumnWriter& out = (*this)[Column::oldest];
		out.put(number_of(mechanism_of(item.stage).id));
		out.put(number_of(item.stage));
		out.put_beside(item.since_mono_ns, writer_.last_.mono_ns);
		for (const std::string* text : {&item.function, &item.queue, &item.thread}) out.put(*text);
		out.put(item.tid);
	}

	void put_books(const Books& books) {
		ColumnWriter& out = (*this)[Column::books];
		uint64_t known = 0;
		for (uint32_t i = 0; i < AL_BOOKS; i++)
			known += books.get(static_cast<al_book>(i)).has_value();
		out.put(known);
		uint32_t next = 0;
		for (uint32_t i = 0; i < AL_BOOKS; i++) {
			const auto count = books.get(static_cast<al_book>(i));
			if (!count) continue;
			out.put(i - next);
			out.put(*count);
			next = i + 1;
		}
	}

	void put_histogram(const Histogram& h, uint32_t cpu) {
		if (holds_nothing(h)) return put(Column::shape, 0);
		uint64_t used = 0;
		uint32_t next = 0;
		for (uint32_t i = 0; i < AL_BUCKETS; i++) {
			if (!h.buckets[i]) continue;
			put(Column::gap, i - next);
			put(Column::count, h.buckets[i] - 1);
			next = i + 1;
			used++;
		}
		put(Column::shape, used + 1);
		const Expected expected(h);
		(*this)[Column::max].put_beside(h.max.value_ns, expected.max());
		(*this)[Column::min].put_beside(h.min_ns, expected.min(h.max.value_ns));
		(*this)[Column::sum].put_beside(h.sum_ns, expected.sum(h.min_ns, h.max.value_ns));
		(*this)[Column::peak_at].put_beside(h.max.mono_ns, writer_.last_.mono_ns);
		(*this)[Column::peak_cpu].put_beside(h.max.cpu, cpu);
		put_name(Column::peak_function, h.max.function);
	}

	void put_name(Column column, const std::string& name) {
		const auto [known, is_new] = writer_.numbers_.emplace(name, writer_.numbers_.size());
		put(column, known->second);
		if (is_new) (*this)[Column::names].put(name);
	}

	IntervalWriter& writer_;
	std::vector<ColumnWriter> columns_;
};

IntervalWriter::IntervalWriter(const Description& description)
	: cpus_(description.cpus), last_{description.start_mono_ns, description.start_wall_ns, 0} {}

std::string IntervalWriter::body(const Interval& interval) { return Body(*this, interval).bytes(); }

// ---- reading ---------------------------------------------------------------------------------

class IntervalReader::Body {
public:
	Body(IntervalReader& reader, Columns& columns) : reader_(reader), columns_(columns) {}

	Interval interval() {
		Interval result = clocks();
		for (Rows rows(*this, kMostRows); rows.next();) {
			const auto id = reader_.catalog_.mechanism(in(Column::rows));
			MechanismData m = mechanism();
			if (!id || result.data.find(*id)) continue;
			m.mechanism = *id;
			result.data.mechanisms.push_back(std::move(m));
		}
		result.data.oldest = oldest();
		return result;
	}

private:
	ColumnReader& in(Column column) { return columns_[at(column)]; }
	// The rows that follow; none any more once something has failed.
	class Rows {
	public:
		Rows(Body& body, size_t most) : body_(body), left_(body.in(Column::rows).count(most)) {}
		bool next() { return !body_.columns_.failed() && left_-- > 0; }

	private:
		Body& body_;
		size_t left_;
	};

	Interval clocks() {
		Interval result;
		Snapshot& data = result.data;
		Clocks& last = reader_.last_;
		ColumnReader& clock = in(Column::clock);
		data.mono_ns = clock.get_beside(last.mono_ns);
		data.wall_ns = clock.get_beside(last.wall_ns + data.mono_ns - last.mono_ns);
		data.overhead.events = clock.get();
		data.overhead.cpu_ns = clock.get();
		data.overhead.rss_bytes = clock.get_beside(last.rss_bytes);
		result.length_ns = data.mono_ns - std::min(last.mono_ns, data.mono_ns);
		last = {data.mono_ns, data.wall_ns, data.overhead.rss_bytes};
		return result;
	}

	MechanismData mechanism() {
		MechanismData m;
		m.books = books();
		for (Rows rows(*this, kMostRows); rows.next();) add_stage(m);
		for (Rows rows(*this, kMostGroups); rows.next();) {
			const auto kind = reader_.catalog_.group_kind(in(Column::rows));
			GroupData group{{}, name(Column::rows), histogram(0)};
			if (!kind) continue;
			group.kind = *kind;
			m.groups.push_back(std::move(group));
		}
		return m;
	}

	void add_stage(MechanismData& m) {
		const auto id = reader_.catalog_.stage(in(Column::rows));
		const auto item_class = reader_.catalog_.item_class(in(Column::rows));
		StageData s;
		if (in(Column::rows).get()) s.books = books();
		const uint64_t cpus = in(Column::rows).below(reader_.cpus_.size() + 1);
		if (!id || !item_class || m.stage(*id, *item_class)) {
			for (uint64_t i = 0; i < cpus; i++) histogram(0);
			return;
		}
		s.stage = *id;
		s.item_class = *item_class;
		s.cpus.reserve(cpus);
		for (uint64_t i = 0; i < cpus; i++) s.cpus.push_back(histogram(reader_.cpus_[i]));
		m.stages.push_back(std::move(s));
	}

	std::vector<WaitingItem> oldest() {
		std::vector<WaitingItem> items;
		for (ColumnReader& column = in(Column::oldest); column.left() && !column.failed();) {
			reader_.catalog_.mechanism(column);
			const auto stage = reader_.catalog_.stage(column);
			WaitingItem item;
			item.since_mono_ns = column.get_beside(reader_.last_.mono_ns);
			for (std::string* text : {&item.function, &item.queue, &item.thread})
				*text = column.text();
			item.tid = static_cast<uint32_t>(column.get());
			if (!stage) continue;
			item.stage = *stage;
			items.push_back(std::move(item));
		}
		return items;
	}

	Books books() {
		Books result;
		ColumnReader& column = in(Column::books);
		uint64_t next = 0;
		for (uint64_t left = column.count(kMostRows); left > 0; left--) {
			const uint64_t number = next + column.below(kMostRows);
			const uint64_t value = column.get();
			if (const auto book = reader_.catalog_.book(number)) result.set(*book, value);
			next = number + 1;
		}
		return result;
	}

	Histogram histogram(uint32_t cpu) {
		Histogram h;
		h.max.cpu = cpu;
		const uint64_t shape = in(Column::shape).below(AL_BUCKETS + 2);
		if (shape == 0) return h;
		uint64_t next = 0;
		for (uint64_t left = shape - 1; left > 0; left--) {
			const uint64_t bucket = next + in(Column::gap).below(AL_BUCKETS);
			if (bucket >= AL_BUCKETS) {
				in(Column::gap).fail();
				return h;
			}
			h.buckets[bucket] = in(Column::count).get() + 1;
			next = bucket + 1;
		}
		const Expected expected(h);
		h.max.value_ns = in(Column::max).get_beside(expected.max());
		h.min_ns = in(Column::min).get_beside(expected.min(h.max.value_ns));
		h.sum_ns = in(Column::sum).get_beside(expected.sum(h.min_ns, h.max.value_ns));
		h.max.mono_ns = in(Column::peak_at).get_beside(reader_.last_.mono_ns);
		h.max.cpu = static_cast<uint32_t>(in(Column::peak_cpu).get_beside(cpu));
		h.max.function = name(Column::peak_function);
		return h;
	}

	std::string name(Column column) {
		std::vector<std::string>& names = reader_.names_;
		const uint64_t number = in(column).below(std::min(names.size() + 1, kMostNames));
		if (number == names.size()) names.push_back(in(Column::names).text());
		return names[number];
	}

	IntervalReader& reader_;
	Columns& columns_;
};

IntervalReader::IntervalReader(const Description& description, CatalogNames names)
	: cpus_(description.cpus),
	  catalog_(std::move(names)),
	  last_{description.start_mono_ns, description.start_wall_ns, 0} {}

Result<Interval> IntervalReader::read(std::string_view body) {
	auto columns = Columns::inflate(body, kColumns);
	if (!columns) return columns.error();
	Interval interval = Body(*this, *columns).interval();
	if (columns->failed()) return Error{.what = "the interval is damaged"};
	return interval;
}

}  // namespace asynclat::recording
