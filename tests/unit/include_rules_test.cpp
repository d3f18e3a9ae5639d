// Holds src/ and include/ against the include rules of docs/design.md.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace asynclat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct SourceFile {
	std::string path;  // from the root of the tree
	std::string text;
};

struct Breach {
	std::string path;
	size_t line = 0;      // 0: the file as a whole
	std::string include;  // empty: no include is at fault
	std::string rule;
};

std::string text_of(const Breach& breach) {
	std::string place = breach.path;
	if (breach.line) place += ":" + std::to_string(breach.line);
	if (!breach.include.empty()) place += ": " + breach.include;
	return place + ": " + breach.rule;
}

const std::string kBorder = "asynclat";  // include/asynclat
const std::string kMain = "main.cpp";    // a folder of one

// Which folders' headers the files of a folder may include; every folder may include its own.
const std::map<std::string, std::set<std::string>> kMayInclude = {
	{kBorder, {}},
	{"base", {kBorder}},
	{"model", {kBorder, "base"}},
	{"catalog", {kBorder, "base"}},
	{"recording", {kBorder, "base", "model", "catalog"}},
	{"kernel", {kBorder, "base", "model", "catalog", "recording"}},
	{"view", {kBorder, "base", "model", "catalog", "recording"}},
	{"export", {kBorder, "base", "model", "catalog", "recording"}},
	{"app", {kBorder, "base", "model", "catalog", "recording", "kernel", "view", "export"}},
	{kMain, {"base", "app"}},
};

constexpr size_t kMostLines = 400;
constexpr size_t kMostLinesOfMain = 60;

// A path's folder in the house; empty: it has none.
std::string folder_of(const std::filesystem::path& path) {
	const std::vector<std::string> parts(path.begin(), path.end());
	const std::string folder = parts.size() > 1 ? parts[1] : "";
	const std::string top = folder == kBorder ? "include" : "src";
	return parts[0] == top && kMayInclude.contains(folder) ? folder : "";
}

// Which rule the include of `header` from `path` breaks; empty: none.
std::string broken_rule(const std::string& path, const std::string& header, bool quoted) {
	const std::string folder = folder_of(path);
	if (header.ends_with(".skel.h"))
		return folder == "kernel" ? "" : "skeletons are for src/kernel only";
	if (header.starts_with("bpf/"))
		return folder == "kernel" ? "" : "libbpf is for src/kernel only";
	if (header.starts_with("CLI/"))
		return path == "src/app/cli.cpp" ? "" : "CLI11 is for src/app/cli.cpp only";

	const size_t slash = header.find('/');
	std::string target = slash == std::string::npos ? "" : header.substr(0, slash);
	// A border header names another one by its file alone: BPF's compiler takes the same text.
	if (folder == kBorder && quoted && target.empty()) target = kBorder;
	if (!kMayInclude.contains(target))
		return quoted ? "headers of ours are named by their folder: \"base/result.h\"" : "";
	if (target == folder || kMayInclude.at(folder).contains(target)) return "";
	return folder == kBorder ? "border headers include nothing of ours but each other"
							 : folder + " must not include " + target;
}

void check_includes(const SourceFile& file, std::vector<Breach>& breaches) {
	static const std::regex kInclude(R"(\s*#\s*include\b\s*(.*))");
	static const std::regex kHeader(R"re(([<"])([^">]*)[">].*)re");
	std::istringstream lines(file.text);
	std::string line;
	for (size_t number = 1; std::getline(lines, line); number++) {
		std::smatch include, header;
		if (!std::regex_match(line, include, kInclude)) continue;
		const std::string what = include[1];
		const std::string rule = std::regex_match(what, header, kHeader)
									 ? broken_rule(file.path, header[2], header[1] == "\"")
									 : "an include is spelt out";
		if (!rule.empty()) breaches.push_back({file.path, number, what, rule});
	}
}

void check_name(const std::string& path, std::vector<Breach>& breaches) {
	static const std::regex kHomeless(R"((^|.*[/_.-])(helpers?|common|utils?)([/_.-].*|$))");
	if (std::regex_match(path, kHomeless))
		breaches.push_back({path, 0, "", "a file is not named helpers, common or utils"});
}

void check_length(const SourceFile& file, std::vector<Breach>& breaches) {
	if (!file.path.starts_with("src/")) return;
	const auto lines = static_cast<size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
	const size_t most = folder_of(file.path) == kMain ? kMostLinesOfMain : kMostLines;
	if (lines > most)
		breaches.push_back(
			{file.path, 0, "", std::to_string(lines) + " lines, at most " + std::to_string(most)});
}

std::vector<Breach> check(const std::vector<SourceFile>& files) {
	std::vector<Breach> breaches;
	for (const SourceFile& file : files) {
		check_name(file.path, breaches);
		check_length(file, breaches);
		if (folder_of(file.path).empty())
			breaches.push_back({file.path, 0, "", "no folder of docs/design.md"});
		else
			check_includes(file, breaches);
	}
	return breaches;
}

std::vector<SourceFile> read_tree(const std::filesystem::path& root) {
	std::vector<SourceFile> files;
	for (const char* top : {"src", "include"})
		for (const auto& entry : std::filesystem::recursive_directory_iterator(root / top)) {
			const std::string extension = entry.path().extension();
			if (extension != ".h" && extension != ".cpp") continue;
			std::ifstream file(entry.path());
			files.push_back({entry.path().lexically_relative(root),
							 {std::istreambuf_iterator<char>(file), {}}});
		}
	return files;
}

std::vector<std::string> breaches_of(const std::string& path, const std::string& text) {
	std::vector<std::string> texts;
	for (const Breach& breach : check({{path, text}})) texts.push_back(text_of(breach));
	return texts;
}

std::string lines(size_t count) { return std::string(count, '\n'); }

TEST(IncludeRules, HoldInThisTree) {
	const std::vector<SourceFile> tree = read_tree(SOURCE_DIR);
	for (const char* path : {"include/asynclat/abi.h", "src/base/result.h"})
		EXPECT_TRUE(std::any_of(
			tree.begin(), tree.end(),
			[&](const SourceFile& file) { return file.path == path && !file.text.empty(); }))
			<< path << " was not read";
	for (const Breach& breach : check(tree)) ADD_FAILURE() << text_of(breach);
}

TEST(IncludeRules, AcceptTheHouse) {
	EXPECT_THAT(
		check({
			{"include/asynclat/abi.h", "#include <linux/types.h>\n#include \"buckets.h\"\n"},
			{"src/base/units.cpp", "#include \"base/units.h\"\n#include <fmt/format.h>\n"},
			{"src/model/books.h", "#include \"asynclat/abi.h\"\n#include \"base/units.h\"\n"},
			{"src/catalog/mechanism.h", "#include \"asynclat/abi.h\"\n"},
			{"src/recording/source.h", "#include \"model/snapshot.h\"\n"},
			{"src/kernel/bpf_object.cpp",
			 "#include <bpf/libbpf.h>\n#include \"workqueue.skel.h\"\n"
			 "#include \"recording/source.h\"\n"},
			{"src/view/hist.cpp", "#include \"catalog/mechanism.h\"\n"},
			{"src/export/json.cpp", "#include <nlohmann/json.hpp>\n"},
			{"src/app/cli.cpp", "#include <CLI/CLI.hpp>\n#include \"kernel/session.h\"\n"},
			{"src/main.cpp", "#include \"app/cli.h\"\n"},
		}),
		IsEmpty());
}

TEST(IncludeRules, ABreachNamesFileLineIncludeAndRule) {
	EXPECT_THAT(breaches_of("src/view/frame.cpp", "\n// why\n#include \"kernel/session.h\"\n"),
				ElementsAre("src/view/frame.cpp:3: \"kernel/session.h\": "
							"view must not include kernel"));
}

TEST(IncludeRules, RefuseTheInclude) {
	constexpr const char* kBorderRule = "border headers include nothing of ours but each other";
	constexpr const char* kFolderRule =
		"headers of ours are named by their folder: \"base/result.h\"";
	struct Bad {
		const char* path;
		const char* include;
		const char* rule;
	};
	for (const Bad& bad : std::initializer_list<Bad>{
			 {"include/asynclat/abi.h", "\"base/result.h\"", kBorderRule},
			 {"include/asynclat/abi.h", "<model/books.h>", kBorderRule},
			 {"src/base/units.h", "\"model/books.h\"", "base must not include model"},
			 {"src/model/books.cpp", "\"catalog/mechanism.h\"", "model must not include catalog"},
			 {"src/catalog/mechanisms.cpp", "\"model/books.h\"", "catalog must not include model"},
			 {"src/model/books.h", "\"recording/source.h\"", "model must not include recording"},
			 {"src/recording/source.h", "\"kernel/session.h\"",
			  "recording must not include kernel"},
			 {"src/kernel/plan.cpp", "\"view/frame.h\"", "kernel must not include view"},
			 {"src/kernel/session.h", "\"app/options.h\"", "kernel must not include app"},
			 {"src/view/hist.cpp", "<kernel/session.h>", "view must not include kernel"},
			 {"src/view/hist.cpp", "\"export/json.h\"", "view must not include export"},
			 {"src/export/json.cpp", "\"kernel/plan.h\"", "export must not include kernel"},
			 {"src/export/json.cpp", "\"app/options.h\"", "export must not include app"},
			 {"src/main.cpp", "\"kernel/session.h\"", "main.cpp must not include kernel"},
			 {"src/app/doctor.cpp", "<bpf/libbpf.h>", "libbpf is for src/kernel only"},
			 {"src/app/doctor.cpp", "\"bpf/libbpf.h\"", "libbpf is for src/kernel only"},
			 {"src/app/live.cpp", "\"workqueue.skel.h\"", "skeletons are for src/kernel only"},
			 {"src/app/help.cpp", "<CLI/CLI.hpp>", "CLI11 is for src/app/cli.cpp only"},
			 {"src/main.cpp", "<CLI/App.hpp>", "CLI11 is for src/app/cli.cpp only"},
			 {"src/kernel/plan.cpp", "\"facts.h\"", kFolderRule},
			 {"src/view/hist.cpp", "\"../kernel/session.h\"", kFolderRule},
			 {"src/view/hist.cpp", "KERNEL_HEADER", "an include is spelt out"}})
		EXPECT_THAT(breaches_of(bad.path, std::string("#include ") + bad.include + "\n"),
					ElementsAre(std::string(bad.path) + ":1: " + bad.include + ": " + bad.rule));
}

TEST(IncludeRules, SeeTheIncludeHoweverItIsSpaced) {
	EXPECT_THAT(breaches_of("src/base/units.h", "\t#  include\t\"app/cli.h\"  // why not\n"),
				ElementsAre("src/base/units.h:1: \"app/cli.h\"  // why not: "
							"base must not include app"));
}

TEST(IncludeRules, EveryFileHasAFolderOfTheHouse) {
	for (const char* path :
		 {"src/misc/x.cpp", "src/x.cpp", "include/x.h", "src/asynclat/x.h", "include/base/x.h"})
		EXPECT_THAT(breaches_of(path, ""),
					ElementsAre(std::string(path) + ": no folder of docs/design.md"));
}

TEST(IncludeRules, AFileWithoutANounIsRefused) {
	for (const char* path :
		 {"src/base/utils.h", "src/app/common.cpp", "src/view/helpers.cpp", "src/view/helper.h",
		  "src/base/string_utils.h", "src/kernel/common/types.h", "src/base/util.h"})
		EXPECT_THAT(
			breaches_of(path, ""),
			ElementsAre(std::string(path) + ": a file is not named helpers, common or utils"));
	EXPECT_THAT(breaches_of("src/model/utilisation.h", ""), IsEmpty());
}

TEST(IncludeRules, FilesStayShort) {
	EXPECT_THAT(breaches_of("src/view/hist.cpp", lines(400)), IsEmpty());
	EXPECT_THAT(breaches_of("src/view/hist.cpp", lines(401)),
				ElementsAre("src/view/hist.cpp: 401 lines, at most 400"));
	EXPECT_THAT(breaches_of("src/main.cpp", lines(60)), IsEmpty());
	EXPECT_THAT(breaches_of("src/main.cpp", lines(61)),
				ElementsAre("src/main.cpp: 61 lines, at most 60"));
}

}  // namespace
}  // namespace asynclat
