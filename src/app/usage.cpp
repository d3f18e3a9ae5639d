#include "app/usage.h"

#include <fmt/format.h>

#include "base/words.h"

namespace asynclat {

Error usage_error(std::string what, std::string hint) {
	return {Exit::usage, std::move(what), {}, std::move(hint)};
}

std::string did_you_mean(std::string_view name, std::span<const std::string_view> candidates) {
	const auto near = nearest(name, candidates);
	return near ? fmt::format("did you mean '{}'? ", *near) : "";
}

Error unknown_name(std::string_view kind, std::string_view name,
				   std::span<const std::string_view> names) {
	return usage_error(fmt::format("there is no {} {}", kind, in_quotes(name)),
					   fmt::format("{}accepted: {}", did_you_mean(name, names), one_of(names)));
}

}  // namespace asynclat
