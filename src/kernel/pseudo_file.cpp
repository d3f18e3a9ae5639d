#include "kernel/pseudo_file.h"

#include <fcntl.h>
#include <unistd.h>

namespace asynclat {

PseudoFile::PseudoFile(const char* path) : fd_(open(path, O_RDONLY | O_CLOEXEC)) {}

PseudoFile::~PseudoFile() {
	if (fd_ >= 0) close(fd_);
}

std::string PseudoFile::read() const {
	std::string text(4096, '\0');
	const ssize_t got = fd_ < 0 ? 0 : pread(fd_, text.data(), text.size(), 0);
	text.resize(got > 0 ? static_cast<size_t>(got) : 0);
	if (text.ends_with('\n')) text.pop_back();
	return text;
}

}  // namespace asynclat
