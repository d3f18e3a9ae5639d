#include "recording/description_block.h"

#include "recording/format.h"

namespace asynclat::recording {
namespace {

constexpr size_t kMostTexts = 1000;

using Texts = std::map<std::string, std::string>;

constexpr size_t at(Section section) { return static_cast<size_t>(section); }

void put_texts(ColumnWriter& out, const Texts& texts) {
	out.put(texts.size());
	for (const auto& [name, text] : texts) {
		out.put(name);
		out.put(text);
	}
}

Texts get_texts(ColumnReader& in) {
	Texts texts;
	for (size_t left = in.count(kMostTexts); left > 0; left--) {
		std::string name = in.text();
		texts[std::move(name)] = in.text();
	}
	return texts;
}

void write_mechanisms(ColumnWriter& out, const std::vector<MechanismInfo>& mechanisms) {
	out.put(mechanisms.size());
	for (const MechanismInfo& info : mechanisms) {
		out.put(number_of(info.mechanism));
		put_texts(out, info.hooks);
		out.put(info.stages.size());
		for (const al_stage stage : info.stages) out.put(number_of(stage));
		put_texts(out, info.unavailable);
	}
}

void read_mechanisms(ColumnReader& in, CatalogNames& names, Description& description) {
	for (size_t left = in.count(kMostTexts); left > 0; left--) {
		const auto id = names.mechanism(in);
		MechanismInfo info;
		info.hooks = get_texts(in);
		for (size_t stages = in.count(kMostTexts); stages > 0; stages--)
			if (const auto stage = names.stage(in)) info.stages.push_back(*stage);
		info.unavailable = get_texts(in);
		if (!id) {
			description.notes.emplace_back(
				"the recording has a mechanism that this asynclat does not know");
			continue;
		}
		info.mechanism = *id;
		description.mechanisms.push_back(std::move(info));
	}
}

void read_cpus(ColumnReader& in, std::vector<uint32_t>& cpus) {
	uint64_t next = 0;
	for (size_t left = in.count(AL_MAX_CPUS); left > 0; left--) {
		const uint64_t cpu = next + in.below(AL_MAX_CPUS);
		if (cpu >= AL_MAX_CPUS) in.fail();
		cpus.push_back(static_cast<uint32_t>(cpu));
		next = cpu + 1;
	}
}

}  // namespace

std::string description_body(const Description& description, std::string_view host) {
	std::vector<ColumnWriter> sections(at(Section::count));
	ColumnWriter& origin = sections[at(Section::origin)];
	origin.put(host);
	origin.put(description.version);
	origin.put(description.kernel);
	origin.put(description.start_mono_ns);
	origin.put(description.start_wall_ns);
	origin.put(description.map_bytes);
	ColumnWriter& cpus = sections[at(Section::cpus)];
	cpus.put(description.cpus.size());
	uint32_t next = 0;
	for (const uint32_t cpu : description.cpus) {
		cpus.put(cpu - next);
		next = cpu + 1;
	}
	write_catalog_names(sections[at(Section::names)]);
	write_mechanisms(sections[at(Section::mechanisms)], description.mechanisms);
	ColumnWriter& notes = sections[at(Section::notes)];
	notes.put(description.notes.size());
	for (const std::string& note : description.notes) notes.put(note);
	return deflated(sections);
}

Result<DescriptionBlock> read_description(std::string_view body) {
	auto sections = Columns::inflate(body, at(Section::count));
	if (!sections) return sections.error();
	DescriptionBlock block;
	Description& description = block.description;
	ColumnReader& origin = (*sections)[at(Section::origin)];
	block.host = origin.text();
	description.version = origin.text();
	description.kernel = origin.text();
	description.start_mono_ns = origin.get();
	description.start_wall_ns = origin.get();
	description.map_bytes = origin.get();
	read_cpus((*sections)[at(Section::cpus)], description.cpus);
	block.names = CatalogNames::read((*sections)[at(Section::names)]);
	ColumnReader& notes = (*sections)[at(Section::notes)];
	for (size_t left = notes.count(kMostTexts); left > 0; left--)
		description.notes.push_back(notes.text());
	read_mechanisms((*sections)[at(Section::mechanisms)], block.names, description);
	if (sections->failed()) return Error{.what = "the description is damaged"};
	return block;
}

}  // namespace asynclat::recording
