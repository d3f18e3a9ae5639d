#include "export/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/units.h"
#include "export/markup.h"

namespace asynclat {
namespace {

constexpr int kShades = 8;

// 1 to kShades.
int shade_of(uint64_t count, uint64_t most) {
	if (most <= 1) return kShades;
	const double share = std::log(static_cast<double>(count)) / std::log(static_cast<double>(most));
	return 1 + std::clamp(static_cast<int>(share * kShades), 0, kShades - 1);
}

}  // namespace

Svg::Svg(double height, std::string_view label)
	: out_(fmt::format(R"(<svg viewBox="0 0 {:.0f} {:.0f}" role="img" aria-label="{}">)", kWidth,
					   height, html(label))) {}

void Svg::rect(double x, double y, double width, double height, std::string_view style,
			   std::string_view tooltip) {
	out_ += fmt::format(R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" class="{}")",
						x, y, width, height, style);
	out_ += tooltip.empty() ? "/>" : fmt::format("><title>{}</title></rect>", html(tooltip));
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view style) {
	out_ += fmt::format(R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>)", x1,
						y1, x2, y2, style);
}

void Svg::text(double x, double y, std::string_view text, std::string_view style) {
	out_ +=
		fmt::format(R"(<text x="{:.1f}" y="{:.1f}" class="{}">{}</text>)", x, y, style, html(text));
}

std::string Svg::take() { return std::exchange(out_, {}) + "</svg>\n"; }

std::string shade(uint64_t count, uint64_t most) {
	return fmt::format("h{}", shade_of(count, most));
}

void put_legend(Svg& svg, double y, uint64_t most) {
	constexpr double kBox = 13, kCharacter = 7.5;
	double x = 0;
	int last = 0;
	for (uint64_t count = 1; count <= most;) {
		const int now = shade_of(count, most);
		if (now != last) {
			svg.rect(x, y, kBox, kBox, shade(count, most));
			const std::string text = count_text(count);
			svg.text(x + kBox + 4, y + 11, text);
			x += kBox + 14 + kCharacter * static_cast<double>(text.size());
			last = now;
		}
		// The first count of the next shade, give or take rounding.
		const double edge = std::pow(static_cast<double>(most), now / static_cast<double>(kShades));
		count = std::max(count + 1, static_cast<uint64_t>(edge));
		if (now == kShades) break;
	}
}

}  // namespace asynclat
