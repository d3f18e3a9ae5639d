// Files that a user asks us to make, often as root and in folders of others.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

namespace asynclat {

class OutputFile {
public:
	// A new file; with `force` also in the place of a regular one that is there. Never through a
	// symbolic link, and never into something else than a file.
	static Result<OutputFile> create(const std::string& path, bool force, int source = -1);
	// Would create() make it, as far as can be told? Leaves nothing behind.
	static Status check(const std::string& path, bool force);
	OutputFile(OutputFile&& other) noexcept;
	OutputFile& operator=(OutputFile&&) = delete;
	OutputFile(const OutputFile&) = delete;
	OutputFile& operator=(const OutputFile&) = delete;
	~OutputFile();

	// Takes a new file away again; one that was there stays, emptied.
	void take_back() const;
	[[nodiscard]] int fd() const { return fd_; }
	[[nodiscard]] uint64_t size() const;
	// Has what was written reach the disk, or says that it did not.
	[[nodiscard]] Status sync() const;
	// The same, without waiting for it.
	void begin_sync() const;

private:
	OutputFile(int fd, std::string path, bool is_new);

	int fd_;
	std::string path_;
	bool is_new_;
};

}  // namespace asynclat
