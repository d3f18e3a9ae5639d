// What a recording is, byte by byte. All integers are little endian.
//
//   file   = magic (8 bytes), major (u16), minor (u16), then blocks
//   block  = kind (u8), length (u32), checksum (u32: CRC-32 of kind, length and body), body
//   body   = deflated columns: their number, then the length and the bytes of each
//   column = varints (LEB128; signed ones zigzag); texts are a length and bytes
//
// The first block describes the run, each further one holds what came in an interval, the last one
// says why the run ended. Counters are those of the interval alone, so that a block needs nothing
// of the counts before it. Names are numbered in the order of their first use. Items and runs stand
// before the interval in which they came.
//
// A reader skips kinds of blocks, sections, columns and ends of columns that it does not know; a
// writer that means something else by what is there already begins a new major version, as it does
// where the buckets change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "asynclat/buckets.h"

namespace asynclat::recording {

inline constexpr std::string_view kMagic = "asynclr\n";
inline constexpr uint16_t kMajor = 1;
inline constexpr uint16_t kMinor = 2;
inline constexpr size_t kFileHeaderBytes = 12;
inline constexpr size_t kBlockHeaderBytes = 9;

enum class BlockKind : uint8_t {
	description = 1,
	interval = 2,
	end = 3,
	items = 4,  // and runs; complete in itself
};

// A column each, so that like stands with like and deflates well.
enum class Section : uint8_t {  // of a description
	origin,                     // host, version, kernel, start times, map bytes
	cpus,
	names,       // of this build's mechanisms, stages, classes, books and kinds of groups
	mechanisms,  // what was measured by which hooks
	notes,
	count,
};

enum class Column : uint8_t {  // of an interval
	clock,                     // times and what measuring cost
	rows,                      // which stages, groups and CPUs follow
	books,
	names,  // what is new among them
	shape,  // of each histogram: 0 if it is empty, else 1 + how many buckets are not
	gap,    // between these
	count,  // in them, less one
	max,    // the extremes and the sum, less what the buckets let expect
	min,
	sum,
	peak_at,
	peak_cpu,
	peak_function,
	oldest,  // items that had not come to their end
	count_of_columns,
};

// What kinds of blockers, contexts and targets are numbered is as in abi.h: those lists only grow.
enum class ItemColumn : uint8_t {  // of items
	items,
	blockers,  // of those items that have one, as the next
	submitters,
	runs,
	names,  // of this block
	count_of_columns,
};

// No recording needs more; what claims to is corrupt.
inline constexpr uint32_t kMostBodyBytes = 16U << 20;
inline constexpr size_t kMostTextBytes = 4096;
inline constexpr size_t kMostGroups = 8192;  // a mechanism
inline constexpr size_t kMostNames = 1U << 20;
inline constexpr size_t kMostItems = 1024;  // in a block; and as many runs
inline constexpr size_t kMostFrames = 256;  // of a stack
inline constexpr size_t kMostItemNames = kMostItems * (kMostFrames + 8);  // in a block
// Between two intervals; the texts are as long as those that they stand for.
inline constexpr size_t kMostItemsAtOnce = 1U << 17;
inline constexpr size_t kMostItemText = 64U << 20;

static_assert(AL_SUB_BITS == 3 && AL_TOP_OCTAVE == 36, "other buckets are a new major version");

}  // namespace asynclat::recording
