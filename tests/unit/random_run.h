// Runs that no kernel would give: every field of an interval takes any value that its type can.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "catalog/mechanism.h"
#include "model/snapshot.h"

namespace asynclat {

class RandomRun {
public:
	explicit RandomRun(uint64_t seed) : random_(seed) {
		description_.version = text();
		description_.kernel = text();
		description_.start_mono_ns = any();
		description_.start_wall_ns = any();
		description_.map_bytes = any();
		uint32_t cpu = 0;
		for (uint64_t left = 1 + below(5); left > 0; left--)
			description_.cpus.push_back(cpu += 1 + static_cast<uint32_t>(below(900)));
		for (const Mechanism& m : catalog()) {
			if (below(3) == 0) continue;
			MechanismInfo info{.mechanism = m.id};
			for (uint64_t left = below(4); left > 0; left--) info.hooks[text()] = text();
			for (const Stage& s : m.stages)
				if (below(2)) info.stages.push_back(s.id);
			for (uint64_t left = below(3); left > 0; left--) info.unavailable[text()] = text();
			description_.mechanisms.push_back(info);
		}
		for (uint64_t left = below(3); left > 0; left--) description_.notes.push_back(text());
	}

	[[nodiscard]] const Description& description() const { return description_; }

	Interval interval() {
		Interval i;
		i.data.mono_ns = last_ns_ + below(3'000'000'000);
		if (last_ns_ == 0) i.data.mono_ns = description_.start_mono_ns;
		i.length_ns =
			i.data.mono_ns - std::min(i.data.mono_ns, last_ns_ ? last_ns_ : i.data.mono_ns);
		last_ns_ = i.data.mono_ns;
		i.data.wall_ns = any();
		i.data.overhead = {any(), any(), any()};
		for (const MechanismInfo& info : description_.mechanisms) {
			MechanismData m{.mechanism = info.mechanism};
			const Mechanism& row = mechanism(info.mechanism);
			m.books = books();
			for (const al_stage id : info.stages)
				for (size_t c = 0; c < row.classes.size(); c++) {
					StageData s{id, static_cast<al_class>(c), {}, {}};
					if (below(3) == 0) s.books = books();
					for (const uint32_t cpu : description_.cpus) s.cpus.push_back(histogram(cpu));
					m.stages.push_back(std::move(s));
				}
			// Rows of one kind and name would be one group.
			for (uint64_t left = below(6); left > 0; left--)
				m.groups.push_back({static_cast<al_group_kind>(below(AL_GROUP_KINDS)),
									std::to_string(left) + text(), histogram(0)});
			i.data.mechanisms.push_back(std::move(m));
		}
		for (uint64_t left = below(4); left > 0; left--)
			i.data.oldest.push_back({static_cast<al_stage>(below(AL_STAGES)), any(), text(), text(),
									 text(), static_cast<uint32_t>(any())});
		return i;
	}

	uint64_t below(uint64_t end) {
		return std::uniform_int_distribution<uint64_t>(0, end - 1)(random_);
	}

private:
	// Of any size, small ones as often as large ones.
	uint64_t any() { return random_() >> below(64); }

	std::string text() {
		std::string s;
		for (uint64_t left = below(12); left > 0; left--) s += static_cast<char>(below(256));
		return s;
	}

	Books books() {
		Books b;
		for (uint32_t i = 0; i < AL_BOOKS; i++)
			if (below(2)) b.set(static_cast<al_book>(i), any());
		return b;
	}

	Histogram histogram(uint32_t cpu) {
		Histogram h;
		h.max.cpu = cpu;
		if (below(3) == 0) return h;
		for (uint64_t left = below(9); left > 0; left--) h.buckets[below(AL_BUCKETS)] = any();
		h.sum_ns = any();
		if (below(4)) h.min_ns = any();
		if (below(4)) h.max = {any(), any(), static_cast<uint32_t>(any()), text()};
		return h;
	}

	std::mt19937_64 random_;
	Description description_;
	uint64_t last_ns_ = 0;
};

// Field by field, for a message that says where they differ.
inline std::string shown(const Histogram& h) {
	std::string s = std::to_string(h.sum_ns) + " min " + std::to_string(h.min_ns) + " max " +
					std::to_string(h.max.value_ns) + "@" + std::to_string(h.max.mono_ns) + " cpu " +
					std::to_string(h.max.cpu) + " in '" + h.max.function + "':";
	for (uint32_t i = 0; i < AL_BUCKETS; i++)
		if (h.buckets[i]) s += " " + std::to_string(i) + "=" + std::to_string(h.buckets[i]);
	return s + "\n";
}

inline std::string shown(const Books& books) {
	std::string s;
	for (uint32_t i = 0; i < AL_BOOKS; i++)
		if (const auto count = books.get(static_cast<al_book>(i)))
			s += std::to_string(i) + "=" + std::to_string(*count) + " ";
	return s + "\n";
}

inline std::string shown(const Interval& i) {
	std::string s = "interval " + std::to_string(i.length_ns) + " to " +
					std::to_string(i.data.mono_ns) + " " + std::to_string(i.data.wall_ns) + " " +
					std::to_string(i.data.overhead.events) + " " +
					std::to_string(i.data.overhead.cpu_ns) + " " +
					std::to_string(i.data.overhead.rss_bytes) + "\n";
	for (const MechanismData& m : i.data.mechanisms) {
		s += "mechanism " + std::to_string(m.mechanism) + " " + shown(m.books);
		for (const StageData& stage : m.stages) {
			s += "stage " + std::to_string(stage.stage) + "/" + std::to_string(stage.item_class) +
				 " " + (stage.books ? shown(*stage.books) : "\n");
			for (const Histogram& h : stage.cpus) s += shown(h);
		}
		for (const GroupData& g : m.groups)
			s += "group " + std::to_string(g.kind) + " '" + g.name + "' " + shown(g.histogram);
	}
	return s;
}

inline std::string shown(const Description& d) {
	std::string s = d.version + "\n" + d.kernel + "\n" + std::to_string(d.start_mono_ns) + " " +
					std::to_string(d.start_wall_ns) + " " + std::to_string(d.map_bytes) + "\n";
	for (const uint32_t cpu : d.cpus) s += std::to_string(cpu) + " ";
	for (const MechanismInfo& m : d.mechanisms) {
		s += "\nmechanism " + std::to_string(m.mechanism) + ":";
		for (const al_stage id : m.stages) s += " " + std::to_string(id);
		for (const auto& [name, text] : m.hooks) s += "\nhook " + name + "=" + text;
		for (const auto& [name, text] : m.unavailable) s += "\nwithout " + name + "=" + text;
	}
	for (const std::string& note : d.notes) s += "\nnote " + note;
	return s;
}

}  // namespace asynclat
