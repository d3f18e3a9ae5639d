// The first block of a recording: what was measured, where and by which build.
#pragma once

#include <string>

#include "model/snapshot.h"
#include "recording/catalog_names.h"

namespace asynclat::recording {

struct DescriptionBlock {
	std::string host;
	Description description;
	CatalogNames names;
};

std::string description_body(const Description& description, std::string_view host);
Result<DescriptionBlock> read_description(std::string_view body);

}  // namespace asynclat::recording
