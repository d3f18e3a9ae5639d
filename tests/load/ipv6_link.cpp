#include "ipv6_link.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/ip6.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "os_error.h"

namespace asynclat::load {
namespace {

constexpr const char* kName = "load0";
constexpr int kPatienceMs = 5000;
// Places in an Ethernet frame that carries IPv6 and ICMPv6.
constexpr size_t kNextHeader = 14 + 6;
constexpr size_t kIcmpType = 14 + sizeof(ip6_hdr);
// Addresses wait a random time up to this, in seconds, before they look for duplicates.
constexpr const char* kFirstDelay = "router_solicitation_delay";
constexpr uint64_t kFarAwaySeconds = 2'000'000;

Result<Descriptor> open_tap() {
	Descriptor tap(open("/dev/net/tun", O_RDWR | O_CLOEXEC));
	if (!tap) return os_error("cannot open /dev/net/tun", "load the module tun");
	ifreq request{};
	std::string_view(kName).copy(request.ifr_name, IFNAMSIZ - 1);
	request.ifr_flags = IFF_TAP | IFF_NO_PI;
	if (ioctl(tap.get(), TUNSETIFF, &request)) return os_error("cannot create a tap interface");
	return tap;
}

Result<Descriptor> open_rtnetlink(uint32_t groups) {
	Descriptor netlink(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
	sockaddr_nl address{};
	address.nl_family = AF_NETLINK;
	address.nl_groups = groups;
	if (!netlink || bind(netlink.get(), reinterpret_cast<sockaddr*>(&address), sizeof address))
		return os_error("cannot open a netlink socket");
	return netlink;
}

// Reads messages until `count` of them answer to is_one().
template <typename IsOne>
Status await(const Descriptor& source, uint64_t count, const char* what, IsOne is_one) {
	alignas(nlmsghdr) std::array<char, 8192> message;
	for (uint64_t seen = 0; seen < count;) {
		pollfd readable{source.get(), POLLIN, 0};
		if (poll(&readable, 1, kPatienceMs) <= 0)
			return Error{Exit::failed,
						 fmt::format("{} of {} {}", seen, count, what),
						 fmt::format("none came for {} ms", kPatienceMs),
						 {}};
		const ssize_t size = read(source.get(), message.data(), message.size());
		if (size < 0) return os_error(fmt::format("waiting for {}", what));
		seen += is_one(message.data(), static_cast<size_t>(size));
	}
	return Nothing{};
}

bool is_solicitation(const char* frame, size_t size) {
	return size > kIcmpType && frame[kNextHeader] == IPPROTO_ICMPV6 &&
		   static_cast<uint8_t>(frame[kIcmpType]) == ND_NEIGHBOR_SOLICIT;
}

bool is_settled(const char* message, size_t size) {
	const auto* header = reinterpret_cast<const nlmsghdr*>(message);
	const auto* address = reinterpret_cast<const ifaddrmsg*>(message + NLMSG_HDRLEN);
	return size >= NLMSG_SPACE(sizeof(ifaddrmsg)) && header->nlmsg_type == RTM_NEWADDR &&
		   address->ifa_family == AF_INET6 && !(address->ifa_flags & IFA_F_TENTATIVE);
}

}  // namespace

Result<Ipv6Link> Ipv6Link::create(uint64_t retransmit_ms) {
	if (unshare(CLONE_NEWNET)) return os_error("cannot create a network namespace", "run as root");
	Ipv6Link link;
	link.control_ = Descriptor(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	if (!link.control_) return os_error("cannot open an IPv6 socket");
	Result<Descriptor> tap = open_tap();
	if (!tap) return tap.error();
	Result<Descriptor> requests = open_rtnetlink(0);
	if (!requests) return requests.error();
	Result<Descriptor> changes = open_rtnetlink(RTMGRP_IPV6_IFADDR);
	if (!changes) return changes.error();
	link.tap_ = std::move(*tap);
	link.requests_ = std::move(*requests);
	link.changes_ = std::move(*changes);
	link.interface_ = if_nametoindex(kName);

	const struct {
		const char* directory;
		const char* name;
		uint64_t value;
	} settings[] = {
		{"conf", "disable_ipv6", 0},
		{"conf", "addr_gen_mode", 1},  // no address but ours
		{"conf", "accept_dad", 1},
		{"conf", "dad_transmits", 1},
		{"conf", "router_solicitations", 0},
		{"conf", kFirstDelay, 0},
		{"neigh", "retrans_time_ms", retransmit_ms},
	};
	for (const auto& [directory, name, value] : settings)
		if (Status s = link.write_setting(directory, name, value); !s) return s.error();
	if (Status s = link.toggle_flag(IFF_UP); !s) return s.error();
	return link;
}

Status Ipv6Link::add(uint64_t index) {
	return request_address(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, index);
}

Status Ipv6Link::remove(uint64_t index) { return request_address(RTM_DELADDR, 0, index); }

Status Ipv6Link::await_armed(uint64_t count) {
	return await(tap_, count, "solicitations", is_solicitation);
}

Status Ipv6Link::await_settled(uint64_t count) {
	return await(changes_, count, "settled addresses", is_settled);
}

Status Ipv6Link::rearm() {
	if (Status s = write_setting("conf", kFirstDelay, kFarAwaySeconds); !s) return s;
	// Each change of this flag begins the search for duplicates anew.
	if (Status s = toggle_flag(IFF_NOARP); !s) return s;
	if (Status s = toggle_flag(IFF_NOARP); !s) return s;
	return write_setting("conf", kFirstDelay, 0);
}

Status Ipv6Link::write_setting(const std::string& directory, const std::string& name,
							   uint64_t value) {
	const std::string path = fmt::format("/proc/sys/net/ipv6/{}/{}/{}", directory, kName, name);
	const std::string text = fmt::format("{}", value);
	const Descriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
	if (!file || write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
		return os_error(fmt::format("cannot write {} to {}", value, path));
	return Nothing{};
}

Status Ipv6Link::toggle_flag(int flag) {
	ifreq request{};
	std::string_view(kName).copy(request.ifr_name, IFNAMSIZ - 1);
	if (ioctl(control_.get(), SIOCGIFFLAGS, &request)) return os_error("SIOCGIFFLAGS");
	request.ifr_flags = static_cast<short>(request.ifr_flags ^ flag);
	if (ioctl(control_.get(), SIOCSIFFLAGS, &request)) return os_error("SIOCSIFFLAGS");
	return Nothing{};
}

Status Ipv6Link::request_address(uint16_t type, uint16_t flags, uint64_t index) {
	struct {
		nlmsghdr header;
		ifaddrmsg address;
		rtattr attribute;
		std::array<uint8_t, 16> value;
	} request{};
	request.header.nlmsg_len = sizeof request;
	request.header.nlmsg_type = type;
	request.header.nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
	request.header.nlmsg_seq = ++sequence_;
	request.address.ifa_family = AF_INET6;
	request.address.ifa_prefixlen = 128;
	request.address.ifa_index = interface_;
	request.attribute.rta_type = IFA_LOCAL;
	request.attribute.rta_len = RTA_LENGTH(sizeof request.value);
	// All end alike, so that they share one multicast group.
	request.value = {0xfd};
	for (size_t byte = 0; byte < 8; byte++)
		request.value[8 - byte] = static_cast<uint8_t>(index >> 8 * byte);

	struct {
		nlmsghdr header;
		nlmsgerr error;
		std::array<char, 256> rest;
	} answer{};
	if (send(requests_.get(), &request, sizeof request, 0) < 0 ||
		recv(requests_.get(), &answer, sizeof answer, 0) < 0)
		return os_error("netlink request for an IPv6 address");
	if (answer.header.nlmsg_type == NLMSG_ERROR && answer.error.error == 0) return Nothing{};
	errno = -answer.error.error;
	return os_error(
		fmt::format("cannot {} IPv6 address {}", type == RTM_NEWADDR ? "add" : "remove", index));
}

}  // namespace asynclat::load
