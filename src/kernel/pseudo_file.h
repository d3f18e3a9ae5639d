// A file of proc or sysfs that is read again and again. It stays open: closing a file is an item of
// task_work, and the tool must not feed what it measures.
#pragma once

#include <string>

namespace asynclat {

class PseudoFile {
public:
	explicit PseudoFile(const char* path);
	PseudoFile(const PseudoFile&) = delete;
	PseudoFile& operator=(const PseudoFile&) = delete;
	~PseudoFile();

	// Its text now, up to the first 4 KiB, without the last newline; empty where it cannot be read.
	[[nodiscard]] std::string read() const;

private:
	int fd_;
};

}  // namespace asynclat
