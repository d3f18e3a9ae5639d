#include "view/scene.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/cpu_list.h"
#include "base/units.h"
#include "catalog/mechanism.h"
#include "view/oldest_view.h"
#include "view/quantity.h"

namespace asynclat {
namespace {

using Words = std::vector<std::string>;

// Columns for an item that got stuck, its age at least.
constexpr size_t kLeastOldest = 16;

size_t length_of(const Words& words) {
	size_t length = 0;
	for (const std::string& word : words) length += word.size() + 2;
	return length - 2;
}

bool is_loss(al_book book) {
	return book == AL_DROPPED_FULL || book == AL_DROPPED_BUSY || book == AL_BUSY_START ||
		   book == AL_MISSED;
}

}  // namespace

const MechanismData* Scene::data() const { return interval.data.find(subject.mechanism); }

const StageData* Scene::stage() const { return find(interval, subject); }

Histogram Scene::histogram_of(const StageData* data) const {
	return data ? on_cpus(*data, description, options.cpus) : Histogram{};
}

std::string Scene::cpus_text() const {
	if (options.cpus.empty()) return "";
	return fmt::format("CPU{} {}", options.cpus.size() == 1 ? "" : "s",
					   cpu_list_text(options.cpus));
}

const Books* Scene::books() const {
	const StageData* own = stage();
	if (own && own->books) return &*own->books;
	const MechanismData* whole = data();
	return whole ? &whole->books : nullptr;
}

uint64_t Scene::lost() const { return books() ? books()->lost() : 0; }

std::string name_of(const Subject& subject) {
	const Mechanism& row = mechanism(subject.mechanism);
	std::string name = fmt::format("{} {}", row.name, asynclat::stage(subject.stage).name);
	if (subject.item_class != AL_CLASS_PLAIN)
		name += fmt::format(", {}", row.classes[subject.item_class]);
	return name;
}

Frame title_row(const Scene& scene, const Words& about, uint64_t count,
				std::optional<uint64_t> window_ns) {
	const std::string name = name_of(scene.subject);
	const std::string n = "n=" + with_commas(count);
	const uint64_t since = scene.interval.data.mono_ns - scene.description.start_mono_ns;
	const Words when = {
		fmt::format("t={}", duration(since)),
		fmt::format("window={}",
					short_duration_text(window_ns.value_or(scene.interval.length_ns)))};
	const std::string cpus = scene.cpus_text();
	Words all = {"asynclat " + name};
	if (!cpus.empty()) all.push_back(cpus);
	all.insert(all.end(), about.begin(), about.end());
	all.insert(all.end(), when.begin(), when.end());
	all.push_back(n);
	Words some = {name};
	if (!cpus.empty()) some.push_back(cpus);
	some.insert(some.end(), about.begin(), about.end());
	some.push_back(n);
	Frame frame(scene.options.width);
	for (const Words& words : {all, some, Words{name, n}}) {
		if (length_of(words) > frame.width()) continue;
		frame.row_of(words, "  ", Style::title);
		return frame;
	}
	frame.new_row();
	frame.put_within(name, frame.width(), Style::title);
	return frame;
}

Frame books_row(const Scene& scene) {
	Frame frame(scene.options.width);
	const Books* books = scene.books();
	if (!books) return frame;
	const auto word = [&](al_book book) {
		std::string text(book_name(book));
		std::replace(text.begin(), text.end(), '_', ' ');
		return text + " " + with_commas(books->value(book));
	};
	Words losses = {"lost " + with_commas(books->lost())};
	Words others;
	for (const al_book book : {AL_QUEUED, AL_MATCHED, AL_PENDING, AL_UNMATCHED_START})
		if (books->get(book)) others.push_back(word(book));
	for (uint32_t i = 0; i < AL_BOOKS; i++) {
		const auto book = static_cast<al_book>(i);
		if (!books->value(book)) continue;
		if (is_loss(book))
			losses.push_back(word(book));
		else if (book > AL_MATCHED && book < AL_DROPPED_FULL)
			others.push_back(word(book));
	}
	frame.row_of(losses, "  ", books->lost() ? Style::warning : Style::plain);
	if (const std::string oldest = oldest_words(scene.interval, scene.subject.mechanism);
		!oldest.empty() && frame.room_left() > kLeastOldest)
		frame.put_within("  " + oldest, frame.room_left(), Style::warning);
	for (const std::string& text : others)
		if (text.size() + 2 <= frame.room_left()) frame.put("  " + text);
	return frame;
}

}  // namespace asynclat
