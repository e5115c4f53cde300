import Foundation
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WorkflowFile

/// A parent's text and a child's: each fits the other's text of today, and they do not fit each other.
@Suite struct `Two texts that do not fit each other` {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).db").path

    private func shop(_ version: Int, spawns: Bool) -> WorkflowText {
        let spawn = "{spawn: {child: parcel, id: event.id, data: {weight: 1}}}"
        return WorkflowText(
            """
            id: shop
            version: \(version)
            \(spawns ? "children: {parcel: {max: 9}}" : "")
            commands: {place: {}, ship: {data: {id: text}}}
            initial: a
            states: {a: {on: {ship: {actions: [\(spawns ? spawn : "")]}}}}
            """, source: "shop.yaml")
    }

    private func parcel(_ version: Int, _ data: String) -> WorkflowText {
        WorkflowText(
            """
            id: parcel
            version: \(version)
            commands: {leave: {by: parent, data: {\(data)}}, arrive: {}}
            context: {\(data)}
            initial: a
            states: {a: {on: {arrive: a}}}
            """, source: "parcel.yaml")
    }

    /// A book that has both, and others that take the orders.
    private func book() async throws -> (
        book: OrderBook, parent: Waybill.WorkflowEdition, child: Waybill.WorkflowEdition
    ) {
        let book = try OrderBook.open(path, workflows: [shop(3, spawns: false), parcel(3, "weight: count")])
        for text in [shop(1, spawns: true), parcel(2, "carrier: text")] {
            let workflow = try WorkflowFile.load(text.text, name: text.source)
            _ = try await book.engine.keep(
                workflow, Text(text.text), activates: false, expecting: ExpectedWorkflow.any,
                checkedAgainst: try book.engine.currentTexts(), by: Origin(caller: ""))
        }
        let editions = try await book.workflowEditions()
        let parent = try #require(editions.first { $0.name == "shop" && $0.version == 1 })
        let child = try #require(editions.first { $0.name == "parcel" && $0.version == 2 })
        #expect(editions.filter { $0.isCurrent }.map { $0.version } == [3, 3])
        return (book, parent, child)
    }

    private func current(_ book: OrderBook) throws -> [Int64] {
        try book.workflowEditions().filter { $0.isCurrent }.map { $0.version }
    }

    /// It was checked before its write, and another text had begun to take orders in between.
    @Test func `are not both activated by a check that was overtaken`() async throws {
        let (book, parent, child) = try await book()
        defer { book.close() }
        let texts = try book.engine.currentTexts()
        try await book.activate(parent)
        #expect(throws: OutdatedCheck.self) {
            try book.engine.activate(
                child.name, hash: child.hash, by: Origin(caller: ""), checkedAgainst: texts, form: { "" })
        }
        let workflow = try WorkflowFile.load(stored: child.text)
        let kept = try await book.engine.keep(
            workflow, Text(child.text), activates: true, expecting: ExpectedWorkflow.any, checkedAgainst: texts,
            by: Origin(caller: ""))
        #expect(kept == .isOutdated)
        #expect(try current(book) == [3, 1])
        await #expect(throws: ActivationRefusal.self) { try await book.activate(child) }
    }

    @Test func `are not both activated when they are asked for at once`() async throws {
        let (book, parent, child) = try await book()
        defer { book.close() }
        let done = await withTaskGroup(of: Bool.self) { group in
            for edition in [parent, child] {
                group.addTask {
                    do {
                        try await book.activate(edition)
                        return true
                    } catch {
                        return false
                    }
                }
            }
            return await group.reduce(into: 0) { count, isDone in count += isDone ? 1 : 0 }
        }
        #expect(done == 1)
    }
}
