#include "app/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/words.h"

namespace asynclat {
namespace {

constexpr int kFlags = O_WRONLY | O_CLOEXEC | O_NOFOLLOW;

Error failed(const std::string& path, const std::string& hint = {}) {
	return {.what = fmt::format("cannot write {}", in_quotes(path)),
			.evidence = std::strerror(errno),
			.hint = hint};
}

bool are_one_file(int a, int b) {
	struct stat first {
	}, second{};
	return fstat(a, &first) == 0 && fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
		   first.st_ino == second.st_ino;
}

bool is_regular(int fd) {
	struct stat status {};
	return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

// A link is none.
bool is_regular(const std::string& path) {
	struct stat status {};
	return lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

Error no_regular_file(const std::string& path) {
	return {.what = fmt::format("cannot write {}", in_quotes(path)),
			.evidence = "it is no regular file"};
}

// There is something of that name, and it is not to be replaced.
Error taken(const std::string& path) {
	if (!is_regular(path)) return no_regular_file(path);
	errno = EEXIST;
	return failed(path, "--force replaces it");
}

}  // namespace

OutputFile::OutputFile(int fd, std::string path, bool is_new)
	: fd_(fd), path_(std::move(path)), is_new_(is_new) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
	: fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)), is_new_(other.is_new_) {}

OutputFile::~OutputFile() {
	if (fd_ >= 0) close(fd_);
}

Result<OutputFile> OutputFile::create(const std::string& path, bool force, int source) {
	const int made = open(path.c_str(), kFlags | O_CREAT | O_EXCL, 0644);
	if (made >= 0) return OutputFile(made, path, true);
	if (errno != EEXIST) return failed(path);
	if (!force) return taken(path);
	// Opening what is no file, a pipe say, must not wait for its other end.
	OutputFile there(open(path.c_str(), kFlags | O_NONBLOCK), path, false);
	if (there.fd() < 0)
		return failed(path, "only a regular file is replaced, and no link followed");
	if (!is_regular(there.fd())) return no_regular_file(path);
	if (source >= 0 && are_one_file(there.fd(), source))
		return Error{.what = fmt::format("cannot write {}", in_quotes(path)),
					 .evidence = "it is what is being read"};
	if (ftruncate(there.fd(), 0)) return failed(path);
	return there;
}

Status OutputFile::check(const std::string& path, bool force) {
	const int made = open(path.c_str(), kFlags | O_CREAT | O_EXCL, 0644);
	if (made >= 0) {
		OutputFile(made, path, true).take_back();
		return Nothing{};
	}
	if (errno != EEXIST) return failed(path);
	if (!force || !is_regular(path)) return taken(path);
	return Nothing{};
}

void OutputFile::take_back() const {
	if (is_new_) unlink(path_.c_str());
}

uint64_t OutputFile::size() const {
	struct stat status {};
	return fstat(fd_, &status) ? 0 : static_cast<uint64_t>(status.st_size);
}

Status OutputFile::sync() const {
	if (fsync(fd_)) return failed(path_);
	return Nothing{};
}

void OutputFile::begin_sync() const { sync_file_range(fd_, 0, 0, SYNC_FILE_RANGE_WRITE); }

}  // namespace asynclat
