/// Pages that lead through the files: what they name is there, and what must be named is.
enum PageRules {
    /// Where the verbs of the broker are listed.
    static let verbs = "Sources/Waybill/Waybill.docc/FollowOneMessage.md"

    /// Paths of sources, such as `WaybillBroker/Broker.swift`, that a page names and that lead nowhere.
    static func deadPaths(in page: SourceFile, _ sources: Set<String>) -> [Violation] {
        page.lines.enumerated().flatMap { index, line in
            line.split(separator: "`").filter { $0.hasSuffix(".swift") && $0.contains("/") && !$0.contains(" ") }
                .filter { !sources.contains("Sources/\($0)") && !sources.contains(String($0)) }
                .map { Violation(path: page.path, line: index + 1, message: "there is no \($0)") }
        }
    }

    /// Links such as `<doc:Serving>` to pages that there are not.
    static func deadLinks(in page: SourceFile, among pages: [SourceFile]) -> [Violation] {
        let names = Set(pages.map(name))
        return page.lines.enumerated().flatMap { index, line in
            links(in: line).filter { !names.contains($0) }
                .map { Violation(path: page.path, line: index + 1, message: "there is no page \($0)") }
        }
    }

    /// Pages that no list of topics leads to, so that no reader finds them. The front page needs none.
    static func unlisted(_ pages: [SourceFile]) -> [Violation] {
        let listed = Set(pages.flatMap { $0.lines.filter { $0.hasPrefix("- <doc:") }.flatMap { links(in: $0) } })
        return pages.filter { !listed.contains(name($0)) && !$0.text.hasPrefix("# ``") }
            .map { Violation(path: $0.path, line: 1, message: "no list of topics has <doc:\(name($0))>") }
    }

    /// The name by which other pages link to a page.
    private static func name(_ page: SourceFile) -> Substring {
        (page.path.split(separator: "/").last ?? "").dropLast(".md".count)
    }

    private static func links(in line: Substring) -> [Substring] {
        line.split(separator: "<").filter { $0.hasPrefix("doc:") }.map {
            $0.dropFirst("doc:".count).prefix { $0 != ">" }
        }
    }

    /// Verbs of the broker without their line in the table of the page.
    static func unlistedVerbs(in files: [SourceFile], _ page: SourceFile) -> [Violation] {
        files.filter { $0.target == "WaybillBroker" }.flatMap { file in
            file.codeLines.enumerated().compactMap { index, line in
                guard line.hasPrefix("package struct "), line.contains(": BrokerVerb {") else { return nil }
                let name = line.dropFirst("package struct ".count).prefix { $0 != ":" }
                let row = "| `\(name)` | `\(file.path.dropFirst("Sources/".count))` |"
                if page.lines.contains(where: { $0.hasPrefix(row) }) { return nil }
                return Violation(path: file.path, line: index + 1, message: "\(page.path) has no line `\(row)`")
            }
        }
    }
}
