#include "kernel/symbols.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <fstream>

namespace asynclat {
namespace {

// Per-CPU ones have small offsets for addresses before 6.14 or so, and are not rows of the table.
constexpr std::array<std::string_view, 6> kVariables = {
	"raised_list", "lazy_list", "__per_cpu_offset", "runqueues", "__preempt_count", "pcpu_hot"};

bool matches(const std::string& glob, std::string_view name) {
	return fnmatch(glob.c_str(), name.data(), 0) == 0;  // names_ ends each with NUL
}

bool matches_any(const std::vector<std::string>& globs, std::string_view name) {
	return std::any_of(globs.begin(), globs.end(),
					   [&](const std::string& glob) { return matches(glob, name); });
}

}  // namespace

Symbols Symbols::load(const std::string& path) {
	Symbols symbols;
	std::ifstream file(path, std::ios::binary);
	// The table is larger than all that is kept of it: never hold it whole.
	std::string piece(256 * 1024, '\0');
	size_t kept = 0;
	while (file.read(piece.data() + kept, static_cast<std::streamsize>(piece.size() - kept)),
		   file.gcount() > 0) {
		const size_t filled = kept + static_cast<size_t>(file.gcount());
		const std::string_view rest = symbols.add_lines({piece.data(), filled});
		if (rest.size() == piece.size()) break;  // a line that long is no symbol
		kept = rest.copy(piece.data(), rest.size());
	}
	symbols.sort();
	return symbols;
}

Symbols Symbols::parse(std::string_view text) {
	Symbols symbols;
	symbols.add_line(symbols.add_lines(text));
	symbols.sort();
	return symbols;
}

std::string_view Symbols::add_lines(std::string_view text) {
	for (size_t end = 0; (end = text.find('\n')) != std::string_view::npos;) {
		add_line(text.substr(0, end));
		text.remove_prefix(end + 1);
	}
	return text;
}

// `ffffffff81000000 T name [module]`: functions (t, T, w, W), and the few variables of kVariables.
void Symbols::add_line(std::string_view line) {
	uint64_t address = 0;
	const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), address, 16);
	const auto at = static_cast<size_t>(rest - line.data());
	if (error != std::errc{} || address == 0 || line.size() < at + 4) return;
	std::string_view name = line.substr(at + 3);
	name = name.substr(0, name.find_first_of("\t "));
	if (!std::strchr("tTwW", line[at + 1])) {
		if (std::ranges::find(kVariables, name) != kVariables.end())
			variables_.emplace(name, address);
		return;
	}
	if (name == "_stext") core_begin_ = address;
	if (name == "_etext") core_end_ = address;
	entries_.push_back({address, static_cast<uint32_t>(names_.size())});
	names_.append(name).push_back('\0');
}

void Symbols::sort() {
	std::stable_sort(entries_.begin(), entries_.end(),
					 [](const Entry& a, const Entry& b) { return a.address < b.address; });
	entries_.shrink_to_fit();
	names_.shrink_to_fit();
}

std::string_view Symbols::name_of(const Entry& entry) const { return names_.data() + entry.name; }

std::string Symbols::name(uint64_t address) const {
	const auto entry = std::lower_bound(entries_.begin(), entries_.end(), address,
										[](const Entry& e, uint64_t a) { return e.address < a; });
	if (entry != entries_.end() && entry->address == address) return std::string(name_of(*entry));
	return fmt::format("{:#x}", address);
}

std::string Symbols::place(uint64_t address) const { return within(address, address); }

// The call may be the last thing that its function does: what is behind it is another's.
std::string Symbols::place_of_return(uint64_t address) const {
	return within(address, address - 1);
}

std::string Symbols::within(uint64_t address, uint64_t inside) const {
	const auto after = std::upper_bound(entries_.begin(), entries_.end(), inside,
										[](uint64_t a, const Entry& e) { return a < e.address; });
	if (after == entries_.begin()) return fmt::format("{:#x}", address);
	// The first of those that share an address: as name() has it.
	const uint64_t begin = std::prev(after)->address;
	return fmt::format("{}+{:#x}", name(begin), address - begin);
}

bool Symbols::is_core(uint64_t address) const {
	return address >= core_begin_ && address < core_end_;
}

std::optional<uint64_t> Symbols::address(std::string_view name) const {
	if (const auto found = variables_.find(name); found != variables_.end()) return found->second;
	for (const Entry& entry : entries_)
		if (name_of(entry) == name) return entry.address;
	return std::nullopt;
}

Symbols::Selection Symbols::select(const std::vector<std::string>& globs) const {
	std::vector<std::string> wanted, unwanted;
	for (const std::string& glob : globs)
		glob.starts_with('!') ? unwanted.push_back(glob.substr(1)) : wanted.push_back(glob);

	Selection selection{.leave_out = wanted.empty()};
	for (const Entry& entry : entries_) {
		const std::string_view name = name_of(entry);
		const bool left_out = matches_any(unwanted, name);
		if (selection.leave_out ? left_out : !left_out && matches_any(wanted, name))
			selection.addresses.push_back(entry.address);
	}
	for (const std::string& glob : globs) {
		const std::string plain = glob.starts_with('!') ? glob.substr(1) : glob;
		if (std::none_of(entries_.begin(), entries_.end(),
						 [&](const Entry& e) { return matches(plain, name_of(e)); }))
			selection.unmatched.push_back(glob);
	}
	const auto last = std::unique(selection.addresses.begin(), selection.addresses.end());
	selection.addresses.erase(last, selection.addresses.end());
	return selection;
}

}  // namespace asynclat
