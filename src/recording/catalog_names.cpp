#include "recording/catalog_names.h"

#include <algorithm>
#include <string>

#include "catalog/mechanism.h"
#include "model/books.h"

namespace asynclat::recording {
namespace {

constexpr size_t kMostRows = 1000;

std::vector<std::string> texts(ColumnReader& in) {
	std::vector<std::string> all(in.count(kMostRows));
	for (std::string& text : all) text = in.text();
	return all;
}

template <typename Id, typename Name>
std::optional<Id> find(uint32_t end, const Name& name_of, const std::string& name) {
	for (uint32_t i = 0; i < end; i++)
		if (name_of(static_cast<Id>(i)) == name) return static_cast<Id>(i);
	return std::nullopt;
}

}  // namespace

uint64_t number_of(al_mechanism id) {
	return static_cast<uint64_t>(&asynclat::mechanism(id) - catalog().data());
}

uint64_t number_of(al_stage id) {
	return static_cast<uint64_t>(&asynclat::stage(id) - mechanism_of(id).stages.data());
}

void write_catalog_names(ColumnWriter& out) {
	out.put(catalog().size());
	for (const Mechanism& m : catalog()) {
		out.put(m.name);
		out.put(m.classes.size());
		for (const std::string_view name : m.classes) out.put(name);
		out.put(m.stages.size());
		for (const Stage& s : m.stages) out.put(s.name);
	}
	out.put(AL_BOOKS);
	for (uint32_t i = 0; i < AL_BOOKS; i++) out.put(book_name(static_cast<al_book>(i)));
	out.put(AL_GROUP_KINDS);
	for (uint32_t i = 0; i < AL_GROUP_KINDS; i++)
		out.put(group_kind_name(static_cast<al_group_kind>(i)));
}

CatalogNames CatalogNames::read(ColumnReader& in) {
	CatalogNames names;
	for (size_t left = in.count(kMostRows); left > 0; left--) {
		Row row;
		const Mechanism* const found = find_mechanism(in.text());
		if (found) row.id = found->id;
		for (const std::string& name : texts(in)) {
			const auto& own = found ? found->classes : std::span<const std::string_view>{};
			const auto at = std::find(own.begin(), own.end(), name);
			row.classes.push_back(at == own.end()
									  ? std::nullopt
									  : std::optional(static_cast<al_class>(at - own.begin())));
		}
		for (const std::string& name : texts(in)) {
			const Stage* const s = found ? find_stage(*found, name) : nullptr;
			row.stages.push_back(s ? std::optional(s->id) : std::nullopt);
		}
		names.mechanisms_.push_back(std::move(row));
	}
	for (const std::string& name : texts(in))
		names.books_.push_back(find<al_book>(AL_BOOKS, book_name, name));
	for (const std::string& name : texts(in))
		names.kinds_.push_back(find<al_group_kind>(AL_GROUP_KINDS, group_kind_name, name));
	return names;
}

std::optional<al_mechanism> CatalogNames::mechanism(ColumnReader& in) {
	row_ = in.below(mechanisms_.size());
	return row().id;
}

}  // namespace asynclat::recording
