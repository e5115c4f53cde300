import EngineFixtures
import Foundation
import Testing
import Waybill

// Imports the face alone: what is thrown must be nameable with nothing else.
@Suite struct `A book that cannot be opened` {
    @Test func `throws a failure that tells the kinds apart`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "no-book-\(UUID().uuidString).db").path
        try Data(repeating: UInt8(ascii: "x"), count: 4_096).write(to: URL(filePath: path))
        defer { unlink(path) }
        let failure = #expect(throws: StoreFailure.self) { try OrderBook.open(path) }
        #expect(failure?.code == .notADatabase)
        #expect(failure?.message.contains(path) == true)
    }

    @Test func `throws the findings of its workflows, each with its place`() throws {
        let text = WorkflowText("id: shop\nversion: 1\ninitial: nowhere\nstates:\n  open: {}\n", source: "shop.yaml")
        let error = #expect(throws: WorkflowFileError.self) { try OrderBook.inMemory(workflows: [text]) }
        let finding = try #require(error?.findings.first { $0.severity == .error })
        #expect(error?.name == "shop.yaml" && finding.line >= 1 && !finding.message.isEmpty)
    }
}
