#include "export/markup.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "base/words.h"

namespace asynclat {

std::string html(std::string_view text) {
	std::string out;
	for (const char c : escape(text)) switch (c) {
			case '&':
				out += "&amp;";
				break;
			case '<':
				out += "&lt;";
				break;
			case '>':
				out += "&gt;";
				break;
			case '"':
				out += "&quot;";
				break;
			case '\'':
				out += "&#39;";
				break;
			default:
				out += c;
		}
	return out;
}

std::string utc_text(uint64_t wall_ns) {
	return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC",
					   fmt::gmtime(static_cast<std::time_t>(wall_ns / 1'000'000'000)));
}

// Shades run from one event to the most: viridis, so that they differ in luminance as well. On
// white they grow darker, on black brighter; the first is visible on both.
std::string_view page_style() {
	return R"(
:root { color-scheme: light dark; --bg: #f6f7f9; --card: #fff; --ink: #1b2430; --soft: #5a6675;
  --line: #d9dee5; --bar: #2b6cb0; --mark: #b7410e; --warn: #9a3412;
  --h1: #b5de2b; --h2: #6ece58; --h3: #35b779; --h4: #1f9e89; --h5: #26828e; --h6: #31688e;
  --h7: #443983; --h8: #30104a; --s1: #31688e; --s2: #35b779; --s3: #e0a526; --s4: #8f5fa8;
  --s5: #5a6675; }
@media (prefers-color-scheme: dark) { :root { --bg: #10141a; --card: #181e26; --ink: #e6ebf1;
  --soft: #9aa7b6; --line: #2b3440; --bar: #5fa8ee; --mark: #ffb066; --warn: #ffb066;
  --h1: #54479e; --h2: #41659f; --h3: #2f8596; --h4: #22a884; --h5: #44bf70; --h6: #7ad151;
  --h7: #bddf26; --h8: #fde725; --s1: #5b93c4; --s2: #44bf70; --s3: #e8b84a; --s4: #b48bd0;
  --s5: #9aa7b6; } }
* { box-sizing: border-box }
body { margin: 0 auto; padding: 1rem; max-width: 76rem; background: var(--bg); color: var(--ink);
  font: 16px/1.45 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
header { margin: .5rem 0 1.5rem }
h1 { font-size: 1.6rem; margin: 0 0 .3rem }
h2 { font-size: 1.3rem; margin: 2.2rem 0 .2rem }
h3 { font-size: 1rem; margin: 0 0 .1rem }
p { margin: .2rem 0 .8rem; color: var(--soft) }
p.lost, .off { color: var(--warn); font-weight: 600 }
.tiles { display: flex; flex-wrap: wrap; gap: .6rem; margin: .8rem 0 }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .5rem .9rem; flex: 1 1 6.5rem }
.tile b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums;
  white-space: nowrap }
.tile span { color: var(--soft); font-size: .85rem }
.grid { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
  align-items: start }
figure, .card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .8rem; margin: 0; min-width: 0 }
figure p { font-size: .85rem; margin-bottom: .4rem }
svg { display: block; width: 100%; height: auto }
svg text { fill: var(--soft); font: 13px system-ui, "DejaVu Sans", sans-serif }
svg text.ink { fill: var(--ink) }
svg text.end { text-anchor: end }
svg text.mid { text-anchor: middle }
.axis { stroke: var(--line); stroke-width: 1 }
.bar { fill: var(--bar) }
.mark { stroke: var(--mark); stroke-width: 1.5; stroke-dasharray: 4 3 }
svg text.marked { fill: var(--mark); font-weight: 600 }
.h1 { fill: var(--h1) } .h2 { fill: var(--h2) } .h3 { fill: var(--h3) } .h4 { fill: var(--h4) }
.h5 { fill: var(--h5) } .h6 { fill: var(--h6) } .h7 { fill: var(--h7) } .h8 { fill: var(--h8) }
.s1 { fill: var(--s1) } .s2 { fill: var(--s2) } .s3 { fill: var(--s3) } .s4 { fill: var(--s4) }
.s5 { fill: var(--s5) }
.thin { opacity: .45 }
.scroll { overflow-x: auto }
table { border-collapse: collapse; width: 100%; font-size: .82rem;
  font-variant-numeric: tabular-nums }
th, td { text-align: right; padding: .25rem .3rem; border-bottom: 1px solid var(--line);
  white-space: nowrap }
th { color: var(--soft); font-weight: 500 }
th:first-child, td:first-child { text-align: left; padding-left: 0 }
td:first-child { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .78rem;
  white-space: normal; overflow-wrap: anywhere; min-width: 9rem }
pre { margin: .2rem 0 0; white-space: pre-wrap; font: .82rem/1.5 ui-monospace, "DejaVu Sans Mono",
  monospace }
footer { margin: 2rem 0 1rem; color: var(--soft); font-size: .85rem }
)";
}

}  // namespace asynclat
