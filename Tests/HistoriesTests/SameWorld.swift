import Fixtures
import Foundation
import Histories
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// A file and the import of its export: one digest for all that orders and stocks have come to.
@Suite struct `The import of an export` {
    @Test(arguments: KeptFile.ofVersion5)
    func `has the digest of the file that was exported`(_ kept: KeptFile) throws {
        let directory = try TemporaryDirectory()
        let original = try kept.open(try kept.copy(to: directory))
        defer { original.close() }
        let copy = try emptyBook(at: 0)
        let result = try imported(original, into: copy, directory)
        #expect(result.refused == 0 && result.refusedStock == 0 && result.differingOrders == 0)
        #expect(try StateDigest.value(of: copy) == StateDigest.value(of: original))
    }

    @Test func `keeps two texts of a workflow apart, also those of children`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("shop.db")
        let old = try OrderBook.open(path, workflows: try KeptFile.texts(), world: .virtual(clock()))
        try await place("old-1", in: old)
        try await old.submit(OrderCommand("ship", of: "old-1", data: Self.parcel))
        await old.close()
        let new = try OrderBook.open(path, workflows: Self.changedTexts(), world: .virtual(clock()))
        defer { new.close() }
        try await place("new-1", in: new)
        for order in ["new-1", "old-1"] as [OrderID] {
            let parcel = order == "old-1" ? Self.secondParcel : Self.parcel
            try await new.submit(OrderCommand("ship", of: order, data: parcel))
        }
        let hashes = try ["old-1", "old-1/p-1", "new-1", "new-1/p-1", "old-1/p-2"].map { id in
            try #require(try new.order(OrderID(id))).workflowHash
        }
        #expect(hashes[0] != hashes[2] && hashes[1] != hashes[3] && hashes[4] == hashes[3])

        let copy = try emptyBook(at: Shop.opening.milliseconds)
        let result = try imported(new, into: copy, directory)
        #expect(result.differingOrders == 0)
        #expect(try StateDigest.value(of: copy) == StateDigest.value(of: new))
        let lines = try String(contentsOfFile: directory.file("history.jsonl"), encoding: .utf8)
        // Each text once: two of standard-order, two of parcel, and of after-sale the one that takes orders now.
        #expect(lines.split(separator: "\n").count { $0.contains(#""text":"#) } == 5)
    }

    @Test func `fires what fired when it fired, also late and behind a clock that went back`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("shop.db")
        let first = try OrderBook.open(path, workflows: try KeptFile.texts(), world: .virtual(clock()))
        try await place("o-1", in: first, paying: false)
        try await place("o-2", in: first, paying: false)
        try await first.submit(OrderCommand("cancel", of: "o-2", data: ["reason": "no"], role: "buyer"))
        _ = await Answer { try await first.extendTimeout("pay_due", of: "o-1", by: .hours(1)) }
        await first.close()
        // An hour after it was due, and then again in the past.
        for minutes in [150, 10] as [Int64] {
            let later = VirtualClock(start: Shop.opening.advanced(by: .minutes(minutes)))
            let book = try OrderBook.open(path, workflows: [], world: .virtual(later))
            try await place("at-\(minutes)", in: book, paying: false)
            await book.close()
        }
        let original = try OrderBook.open(
            path, workflows: [], world: .virtual(VirtualClock(start: Shop.opening.advanced(by: .minutes(11)))))
        defer { original.close() }
        #expect(try await original.history(of: "o-1")?.contains { $0.type == "$timeout" } == true)

        let copy = try emptyBook(at: Shop.opening.milliseconds)
        #expect(try imported(original, into: copy, directory).differingOrders == 0)
        #expect(try StateDigest.value(of: copy) == StateDigest.value(of: original))
        #expect(try await copy.history(of: "o-1")?.map(\.at) == original.history(of: "o-1")?.map(\.at))
        // Nothing fires before the file is opened again.
        #expect(try await copy.order("at-10")?.status == "awaiting payment")
    }

    @Test func `says which order came out otherwise`() async throws {
        let directory = try TemporaryDirectory()
        let original = try emptyBook(at: Shop.opening.milliseconds)
        try await place("o-1", in: original)
        let path = directory.file("history.jsonl")
        try export(original, to: path)
        let changed = try String(contentsOfFile: path, encoding: .utf8)
            .replacingOccurrences(of: #""buyer":"ann""#, with: #""buyer":"bob""#)
        try Data(changed.utf8).write(to: URL(fileURLWithPath: path))
        var found: [HistoryDifference] = []
        let result = try Import().run(
            HistoryFile(path, workflow: nil, mode: .strict), into: emptyBook(at: Shop.opening.milliseconds),
            difference: { found.append($0) })
        #expect(result.differingOrders == 1)
        #expect(found.map(\.kind) == [.differs] && found.first?.order == "o-1")
    }

    @Test(arguments: [
        (#"{"export":3}"#, "form 3"), (#"{"at":"2026-01-01T00:00:00Z"}"# + "\n" + #"{"export":2}"#, "before all else"),
        (#"{"at":"2026-01-01T00:00:00Z","order":"o","fired":"t"}"#, #"mark {"export":2} is not in front"#),
    ])
    func `is refused without the mark in front, or of another form`(_ text: String, _ words: String) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(text, to: "history.jsonl")
        do {
            _ = try HistoryFile(path, workflow: nil, mode: .strict)
            Issue.record("it was taken")
        } catch {
            #expect("\(error)".contains(words), "\(error)")
        }
    }

    @Test func `is refused when a text is not the one that its hash names`() async throws {
        let directory = try TemporaryDirectory()
        let original = try emptyBook(at: Shop.opening.milliseconds)
        try await place("o-1", in: original)
        let path = directory.file("history.jsonl")
        try export(original, to: path)
        let changed = try String(contentsOfFile: path, encoding: .utf8)
            .replacingOccurrences(of: "# The order of a shop", with: "# The order of a stop")
        try Data(changed.utf8).write(to: URL(fileURLWithPath: path))
        let copy = try OrderBook.inMemory(workflows: [], world: .virtual(clock()))
        #expect(throws: EngineFailure.self) {
            try Import().run(HistoryFile(path, workflow: nil, mode: .strict), into: copy)
        }
        #expect(try await copy.order("o-1") == nil)
    }

    private static let parcel: JSON = [
        "parcel": "p-1", "carrier": "c", "lines": [["line": "a", "qty": 1]],
    ]
    private static let secondParcel: JSON = [
        "parcel": "p-2", "carrier": "c", "lines": [["line": "a", "qty": 1]],
    ]

    /// The kept texts with higher versions and another comment.
    private static func changedTexts() throws -> [WorkflowText] {
        try KeptFile.texts().filter { ["standard-order.yaml", "parcel.yaml", "after-sale.yaml"].contains($0.source) }
            .map { text in
                let lines = text.text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                    line.hasPrefix("version:") ? "version: 99" : String(line)
                }
                return WorkflowText(lines.joined(separator: "\n"), source: text.source)
            }
    }

    private func clock() -> VirtualClock { VirtualClock(start: Shop.opening) }

    private func emptyBook(at milliseconds: Int64) throws -> OrderBook {
        try OrderBook.inMemory(world: .virtual(VirtualClock(start: Moment(milliseconds: milliseconds))))
    }

    private func place(_ order: String, in book: OrderBook, paying: Bool = true) async throws {
        let id = OrderID(order)
        let line: JSON = ["line": "a", "sku": "mug", "at": "", "qty": 3, "price_cents": 100]
        try await book.submit(StockCommand(.receive(3), of: StockKey(sku: "mug")))
        let data: JSON = [
            "shop": "s", "buyer": "ann", "pay_within": "30m", "freight_cents": 0, "discount_cents": 0,
            "lines": [line],
        ]
        try await book.submit(OrderCommand("place", of: id, data: data, workflow: "standard-order"))
        guard paying else { return }
        let payment: JSON = ["payment": .text("pay-\(order)"), "channel": "card", "amount_cents": 300]
        try await book.submit(OrderCommand("pay", of: id, data: payment))
    }

    @discardableResult
    private func export(_ book: OrderBook, to path: String) throws -> ExportResult {
        var bytes: [UInt8] = []
        let result = try Export().run(book) { bytes += $0 }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return result
    }

    private func imported(
        _ original: OrderBook, into copy: OrderBook, _ directory: TemporaryDirectory
    ) throws -> ImportResult {
        let path = directory.file("history.jsonl")
        try export(original, to: path)
        return try Import().run(
            HistoryFile(path, workflow: nil, mode: .strict), into: copy, difference: { Issue.record("\($0)") })
    }
}
