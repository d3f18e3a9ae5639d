// Numbers in a recording <-> identifiers of this build. The numbers of mechanisms, stages and books
// change from build to build; their names do not, so a recording says what its numbers mean.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "asynclat/abi.h"
#include "recording/columns.h"

namespace asynclat::recording {

// Numbers that a writer of this build uses: positions in the catalog.
uint64_t number_of(al_mechanism mechanism);
uint64_t number_of(al_stage stage);  // among its mechanism's

void write_catalog_names(ColumnWriter& out);

// What the numbers of a recording mean here. Absent: this build does not know it.
class CatalogNames {
public:
	static CatalogNames read(ColumnReader& in);

	// By number; the columns that the numbers come from fail where there is none such.
	std::optional<al_mechanism> mechanism(ColumnReader& in);
	// These two are of the mechanism that was read last.
	std::optional<al_stage> stage(ColumnReader& in) { return take(row().stages, in); }
	std::optional<al_class> item_class(ColumnReader& in) { return take(row().classes, in); }
	std::optional<al_group_kind> group_kind(ColumnReader& in) { return take(kinds_, in); }
	std::optional<al_book> book(uint64_t number) const {
		return number < books_.size() ? books_[number] : std::nullopt;
	}

private:
	struct Row {
		std::optional<al_mechanism> id;
		std::vector<std::optional<al_class>> classes;
		std::vector<std::optional<al_stage>> stages;
	};

	[[nodiscard]] const Row& row() const {
		return row_ < mechanisms_.size() ? mechanisms_[row_] : none_;
	}
	template <typename Id>
	static std::optional<Id> take(const std::vector<std::optional<Id>>& ids, ColumnReader& in) {
		const uint64_t number = in.below(ids.size());
		return number < ids.size() ? ids[number] : std::nullopt;
	}

	std::vector<Row> mechanisms_;
	std::vector<std::optional<al_book>> books_;
	std::vector<std::optional<al_group_kind>> kinds_;
	Row none_;
	size_t row_ = SIZE_MAX;  // read last
};

}  // namespace asynclat::recording
