// Rows of shades over one latency axis, with figures beside them, and a chart of counts below.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/heatmap.h"
#include "view/cpu_rows.h"
#include "view/frame.h"
#include "view/scale.h"

namespace asynclat {

class HeatTable {
public:
	// For all of `rows`; a part of them may be put. The steps reach to the fullest cell.
	HeatTable(int width, std::optional<OctaveRange> range, const std::vector<HeatRow>& rows,
			  Scale& scale, uint64_t mono_ns);

	[[nodiscard]] const CountSteps& steps() const { return steps_; }
	[[nodiscard]] const LatencyAxis& axis() const { return axis_; }

	// Edges of the axis, and what the figures are.
	void put_heading(Frame& frame, const std::string& what) const;
	void put_row(Frame& frame, const HeatRow& row) const;
	// Counts as columns under the axis, `height` rows and a heading that says of what.
	void put_chart(Frame& frame, const std::string& what, const Histogram& histogram,
				   size_t height) const;

private:
	struct Figure {
		std::string name;
		double quantile;  // beyond 1: the count
	};

	[[nodiscard]] size_t plot_width() const { return axis_.cells * cell_width_; }
	void put_axis(Frame& frame) const;
	void put_figures(Frame& frame, const HeatRow& row) const;

	std::vector<Figure> figures_;
	size_t label_width_;
	LatencyAxis axis_;
	size_t cell_width_;
	CountSteps steps_;
};

}  // namespace asynclat
