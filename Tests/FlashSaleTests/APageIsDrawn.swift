import FlashSale
import Testing
import WaybillCore

@Suite struct `The page of a rush` {
    @Test func `is well formed, and needs nothing from elsewhere`() async throws {
        let page = ReportPage(try await run(try scenario()).report).html()
        #expect(try unbalanced(page) == [])
        for word in [
            "http:", "https:", "<script", "src=", "href=", "url(", "@import", "<iframe", "<link", "nan", "inf",
        ] {
            let isThere = page.lowercased().contains(word)
            #expect(!isThere, "\(word)")
        }
        // A page is too long to be printed when one of these is wrong.
        let expected = ["<!DOCTYPE html>", "default-src 'none'", "No oversell.", "prefers-color-scheme:dark"]
        let missing = expected.filter { !page.contains($0) }
        #expect(missing == [])
        let drawings = page.count(of: "<svg ")
        #expect(drawings >= 8)
        #expect(page.count(of: "role=\"img\" aria-label=\"") == drawings)
    }

    @Test func `is the same for the same report`() async throws {
        let report = try await run(try scenario()).report
        let read = try RushReport(json: report.json(), name: "a.json")
        #expect(read == report)
        let isSame = ReportPage(read).html() == ReportPage(report).html()
        #expect(isSame)
    }

    static let hostile = [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onload='x", "&lt;b&gt;", "</style><b>",
        "</svg><svg onload=x>", "]]>", "a\u{202E}b", "\u{0}\u{1B}[31m", String(repeating: "W", count: 400),
    ]

    @Test(arguments: hostile) func `escapes a name, whatever it is`(name: String) async throws {
        var report = try await run(try small()).report
        report.scenario.title = name
        report.scenario.about = name
        report.scenario.name = name
        report.server.kind = name
        report.check.findings = [name]
        report.check.isSound = false
        report.refusals = [.init(code: name, title: name, count: 3)]
        report.methods = [.init(code: name, title: name, count: 3)]
        for index in report.items.indices { report.items[index].name = name }
        for index in report.opening.refused.indices { report.opening.refused[index].title = name }
        for index in report.whole.lags.indices { report.whole.lags[index].title = name }
        let pages = [
            ReportPage(report).html(), ComparisonPage(Comparison(report, report), names: (name, name)).html(),
        ]
        for page in pages {
            #expect(try unbalanced(page) == [])
            let body = page.split(separator: "</style>", maxSplits: 1).last ?? ""
            for word in ["<script", "<img", "<b>a", "\u{202E}", "\u{1B}", "\u{0}", "onerror=alert(1)>"] {
                let isThere = body.contains(word)
                #expect(!isThere, "\(word.debugDescription)")
            }
        }
    }

    @Test func `is drawn when nobody came far, or nothing was there to sell`() async throws {
        var scenario = try small()
        scenario.goods.units = 0
        scenario.restocks = []
        scenario.shoppers = 1
        let report = try await run(scenario).report
        #expect(report.check.isSound)
        #expect(try unbalanced(ReportPage(report).html()) == [])
    }

    @Test func `of two rushes shows what a change has moved`() async throws {
        let first = try await run(try scenario()).report
        var more = try scenario()
        more.goods.units = 40
        let second = try await run(more).report
        let comparison = Comparison(first, second)
        let settings = comparison.settings
        #expect(settings.map(\.name) == ["units of each item"])
        #expect(settings[0].first == "20" && settings[0].second == "40" && settings[0].change == "+100%")
        let sold = try #require(comparison.outcomes.first { $0.name == "units sold" })
        #expect(sold.change.hasPrefix("+"))
        let page = ComparisonPage(comparison, names: ("before", "after")).html()
        #expect(try unbalanced(page) == [])
        let namesBoth = page.contains("before") && page.contains("after")
        #expect(namesBoth)
        #expect(page.count(of: "<svg ") == 16)
    }

    /// A few shoppers only, where what is tested is the page.
    private func small() throws -> RushScenario {
        var small = try scenario()
        small.shoppers = 60
        small.crashes.at = []
        return small
    }
}

@Suite struct `A report that is read` {
    @Test(arguments: [
        ("", "no report of a rush"), ("{}", "no report of a rush: the text has no format"),
        ("[1]", "no report of a rush"),
    ]) func `says what is wrong when it is none`(text: String, problem: String) {
        let error = #expect(throws: ReportFailure.self) { try RushReport(json: Array(text.utf8), name: "a.json") }
        #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
    }

    @Test func `is refused when it could not be drawn`() async throws {
        var scenario = try scenario()
        scenario.shoppers = 50
        let report = try await run(scenario).report
        let changes: [(inout RushReport) -> Void] = [
            { $0.opening.looks.removeLast() }, { $0.whole.refused[0].values.append(1) },
            { $0.opening.cellMilliseconds = 0 },
            { $0.opening.cellMilliseconds = 1e300 }, { $0.totals.requests = .max }, { $0.totals.paid = -1 },
            { $0.opening.accepted[0] = .min }, { $0.format = 99 }, { $0.modules[0].lagMax = .max },
        ]
        for (index, change) in changes.enumerated() {
            var changed = report
            change(&changed)
            let bytes = try changed.json()
            #expect(throws: ReportFailure.self, "change \(index)") { try RushReport(json: bytes, name: "a.json") }
        }
    }

    @Test func `may be cut off or damaged anywhere`() async throws {
        var scenario = try scenario()
        scenario.shoppers = 30
        let bytes = try await run(scenario).report.json()
        for place in stride(from: 0, to: bytes.count, by: 701) {
            #expect(throws: ReportFailure.self) { try RushReport(json: Array(bytes[..<place]), name: "a.json") }
            var damaged = bytes
            damaged[place] = UInt8(ascii: "9")
            do {
                // What is still a report can be drawn.
                let report = try RushReport(json: damaged, name: "a.json")
                _ = ComparisonPage(Comparison(report, report), names: ("a", "b")).html()
            } catch {}
        }
    }
}

/// Tags that are not closed where they were opened.
private func unbalanced(_ page: String) throws -> [String] {
    let void: Set<Substring> = ["meta", "line", "path", "circle"]
    var open: [Substring] = []
    var problems: [String] = []
    var rest = page[...]
    while let start = rest.firstIndex(of: "<") {
        guard let end = rest[start...].firstIndex(of: ">") else { return problems + ["a tag that does not end"] }
        let tag = rest[rest.index(after: start)..<end]
        rest = rest[rest.index(after: end)...]
        if tag.hasPrefix("!") { continue }
        let name = tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }
        if tag.hasPrefix("/") {
            if open.popLast() != name { problems.append(String(tag)) }
        } else if !tag.hasSuffix("/"), !void.contains(name) {
            open.append(name)
        }
        if tag.filter({ $0 == "\"" }).count % 2 != 0 { problems.append("quotes in \(tag)") }
        // The text of a style sheet is no markup.
        if name == "style", let close = rest.firstRange(of: "</style>") { rest = rest[close.lowerBound...] }
    }
    return problems + open.map(String.init)
}

extension String {
    fileprivate func count(of word: String) -> Int { ranges(of: word).count }
}
