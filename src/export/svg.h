// Builds one SVG element. Places are in units of a picture that is kWidth wide.
#pragma once

#include <string>
#include <string_view>

namespace asynclat {

class Svg {
public:
	static constexpr double kWidth = 560;

	Svg(double height, std::string_view label);

	// The tooltip is escaped; empty: none.
	void rect(double x, double y, double width, double height, std::string_view style,
			  std::string_view tooltip = {});
	void line(double x1, double y1, double x2, double y2, std::string_view style);
	// `style` is one of: ink, marked, end, mid, or several. Escaped.
	void text(double x, double y, std::string_view text, std::string_view style = {});
	std::string take();

private:
	std::string out_;
};

// h1 to h8: on a logarithmic scale up to the most that a cell holds. `count` must not be 0.
std::string shade(uint64_t count, uint64_t most);
// The counts at which the shades begin, as a row of boxes.
void put_legend(Svg& svg, double y, uint64_t most);

}  // namespace asynclat
