// Names of kernel functions, and addresses of a few variables, from /proc/kallsyms.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace asynclat {

class Symbols {
public:
	// Reads a table in kallsyms' form. A file that cannot be read, or that shows zeros for
	// addresses (kptr_restrict, no CAP_SYSLOG), gives an empty table.
	static Symbols load(const std::string& path = "/proc/kallsyms");
	static Symbols parse(std::string_view text);

	[[nodiscard]] bool empty() const { return entries_.empty(); }
	// The function that starts exactly there; where there is none, the address in hex.
	[[nodiscard]] std::string name(uint64_t address) const;
	// A place within a function: "name+0x1c". Where none begins before it, the address in hex.
	[[nodiscard]] std::string place(uint64_t address) const;
	// The same of where a call returns to.
	[[nodiscard]] std::string place_of_return(uint64_t address) const;
	// It lies in the kernel's own code, not in a module's.
	[[nodiscard]] bool is_core(uint64_t address) const;
	[[nodiscard]] std::optional<uint64_t> address(std::string_view name) const;
	// Addresses of the functions that a list of globs asks for. Plain globs select, "!glob" leaves
	// out; with `leave_out` set, the result is what is to be left out of all.
	struct Selection {
		std::vector<uint64_t> addresses;
		bool leave_out = false;
		std::vector<std::string> unmatched;  // globs that match nothing
	};
	[[nodiscard]] Selection select(const std::vector<std::string>& globs) const;

private:
	// Takes the whole lines of a piece of the table; returns what is left after the last of them.
	std::string_view add_lines(std::string_view text);
	void add_line(std::string_view line);
	void sort();

	struct Entry {
		uint64_t address;
		uint32_t name;  // offset into names_
	};
	// `inside`: an address that lies in the function for certain.
	[[nodiscard]] std::string within(uint64_t address, uint64_t inside) const;
	[[nodiscard]] std::string_view name_of(const Entry& entry) const;

	std::vector<Entry> entries_;  // by address
	uint64_t core_begin_ = 0, core_end_ = 0;
	std::string names_;  // NUL-terminated names, one after the other
	std::map<std::string, uint64_t, std::less<>> variables_;
};

}  // namespace asynclat
