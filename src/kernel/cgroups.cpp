#include "kernel/cgroups.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/words.h"

namespace asynclat {
namespace {

constexpr uint64_t kRoot = 1;        // the inode of the hierarchy's root
constexpr int kKernfsHandle = 0xfe;  // include/linux/exportfs.h: FILEID_KERNFS

std::string mount_here() {
	std::ifstream mounts("/proc/self/mounts");
	return cgroup_mount(std::string(std::istreambuf_iterator<char>(mounts), {}));
}

// A directory of this hierarchy; 0: it is none, as errno says.
uint64_t inode_of(const std::string& directory, const std::string& mount) {
	struct stat status {
	}, root{};
	if (stat(directory.c_str(), &status) || stat(mount.c_str(), &root)) return 0;
	errno = ENOTDIR;
	return S_ISDIR(status.st_mode) && status.st_dev == root.st_dev ? status.st_ino : 0;
}

// The directory that a number stands for: the kernel finds it, no tree is walked.
std::string directory_of(const std::string& mount, uint64_t id) {
	alignas(file_handle) std::array<std::byte, sizeof(file_handle) + sizeof(id)> bytes{};
	auto* handle = new (bytes.data()) file_handle;
	handle->handle_bytes = sizeof(id);
	handle->handle_type = kKernfsHandle;
	std::memcpy(handle->f_handle, &id, sizeof(id));
	const int root = open(mount.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0) return "";
	const int fd = open_by_handle_at(root, handle, O_PATH | O_CLOEXEC);
	close(root);
	if (fd < 0) return "";
	std::error_code none;
	const auto path = std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", fd), none);
	close(fd);
	return path.string();
}

}  // namespace

std::string cgroup_mount(std::string_view mounts) {
	for (const std::string_view line : split(mounts, '\n')) {
		const auto fields = split(line, ' ');
		if (fields.size() > 2 && fields[2] == "cgroup2") return std::string(fields[1]);
	}
	return "";
}

Result<Cgroup> find_cgroup(const std::string& path) {
	const std::string mount = mount_here();
	if (mount.empty())
		return Error{Exit::unsupported, "no cgroup v2 hierarchy is mounted here",
					 "/proc/self/mounts has no cgroup2", "mount -t cgroup2 none /sys/fs/cgroup"};
	Cgroup found{.path = path, .id = inode_of(path, mount)};
	if (!found.id) {
		found.path = fmt::format("{}{}{}", mount, path.starts_with('/') ? "" : "/", path);
		found.id = inode_of(found.path, mount);
	}
	if (!found.id)
		return Error{Exit::usage, fmt::format("{} is no cgroup", in_quotes(path)),
					 std::strerror(errno),
					 fmt::format("a directory below {}, or its name there: /system.slice", mount)};
	// The kernel counts levels from the hierarchy's root, which is not the mount in a container.
	std::filesystem::path parent = found.path;
	while (inode_of(parent, mount) != kRoot) {
		found.level++;
		parent /= "..";
		if (found.level > 64 || !inode_of(parent, mount))
			return Error{Exit::unsupported,
						 fmt::format("the level of {} cannot be told", in_quotes(path)),
						 fmt::format("{} is not the root of the hierarchy", mount),
						 "run asynclat outside of the container"};
	}
	return found;
}

const std::string& Cgroups::path_of(uint64_t id) {
	if (const auto known = paths_.find(id); known != paths_.end()) return known->second;
	if (mount_.empty()) mount_ = mount_here();
	std::string path = mount_.empty() ? "" : directory_of(mount_, id);
	if (path.starts_with(mount_)) path.erase(0, mount_.size());
	if (path.empty() && id == kRoot) path.push_back('/');
	return paths_.emplace(id, std::move(path)).first->second;
}

}  // namespace asynclat
