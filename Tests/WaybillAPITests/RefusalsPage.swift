import Foundation
import Testing
import WaybillAPI

/// The page of all codes says what the server says.
@Suite struct `The page of refusals` {
    private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Sources/Waybill/Waybill.docc/Refusals.md").standardizedFileURL

    private static let headings: [(Retry, String)] = [
        (.corrected, "Correct the request first"), (.changed, "Wait until what it is about has changed"),
        (.again, "Send it again as it is"),
    ]

    @Test func `names each code with its status, what helps, and when to send it again`() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let sections = text.components(separatedBy: "\n## ")
        for (retry, heading) in Self.headings {
            let section = try #require(sections.first { $0.hasPrefix(heading + "\n") }, "\(heading)")
            let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { String($0) }
            let codes = ProblemCode.allCases.filter { $0.retry == retry }
            #expect(rows == codes.map { "| `\($0.rawValue)` | \($0.status) | \($0.title) | \($0.remedy) |" })
        }
        #expect(Self.headings.map(\.0) == Retry.allCases)
    }
}
