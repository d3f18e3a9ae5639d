#include "export/time_columns.h"

#include <utility>

namespace asynclat {
namespace {

void join(TimeColumn& column, const TimeColumn& next) {
	column.to_ns = next.to_ns;
	column.histogram.merge(next.histogram);
}

}  // namespace

void TimeColumns::add(TimeColumn column) {
	if (in_last_ % stride_ != 0) {
		join(columns_.back(), column);
	} else {
		if (columns_.size() == kMost) {
			for (size_t i = 0; i < kMost / 2; i++) {
				if (i) columns_[i] = std::move(columns_[2 * i]);
				join(columns_[i], columns_[2 * i + 1]);
			}
			columns_.resize(kMost / 2);
			stride_ *= 2;
		}
		columns_.push_back(std::move(column));
		in_last_ = 0;
	}
	in_last_++;
}

}  // namespace asynclat
