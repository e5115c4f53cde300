import Foundation
import Testing
import Waybill
import WaybillCore
import WorkflowFile

/// Which of the texts in a file takes new orders is a row of the file.
@Suite struct `The workflows of a file` {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).db").path

    private func text(_ version: Int, tag: String = "a", comment: String = "") -> WorkflowText {
        WorkflowText(
            """
            \(comment)
            id: shop
            version: \(version)
            commands: {place: {}, go: {}}
            initial: \(tag)
            states: {\(tag): {on: {go: \(tag)}}}
            """, source: "shop.yaml")
    }

    /// Opens the file with texts, places an order, and says in which state it is and what was said of the texts.
    private func place(_ id: OrderID, _ texts: WorkflowText...) async throws -> (state: Text?, idle: [IdleWorkflow]) {
        let book = try OrderBook.open(path, workflows: texts)
        defer { book.close() }
        _ = await book.answer(to: OrderCommand("place", of: id, workflow: "shop"))
        return await (try book.order(id)?.states.first, book.idleWorkflows)
    }

    private func editions() throws -> [WorkflowEdition] {
        let book = try OrderBook.open(path, workflows: [])
        defer { book.close() }
        return try book.workflowEditions()
    }

    @Test func `a higher version activates itself, and orders that exist stay with their text`() async throws {
        #expect(try await place("o-1", text(1, tag: "first")).state == "first")
        #expect(try await place("o-2", text(2, tag: "second")).state == "second")
        #expect(try await place("o-1", text(2, tag: "second")).state == "first")
        #expect(try await place("o-3").state == "second")
        #expect(try editions().map(\.isCurrent) == [false, true])
    }

    @Test func `a lower version is kept, takes no orders, and is said`() async throws {
        _ = try await place("o-1", text(2, tag: "second"))
        let (state, idle) = try await place("o-2", text(1, tag: "first"))
        #expect(state == "second")
        #expect(idle.map(\.version) == [1])
        #expect(idle.map(\.currentVersion) == [2])
        #expect(idle.first?.description.contains("waybill workflow activate shop") == true)
        #expect(try await place("o-3").state == "second", "also when nothing is said of it any more")
        #expect(try editions().map(\.version) == [2, 1])
    }

    @Test func `another text of the same version is kept, takes no orders, and is said`() async throws {
        _ = try await place("o-1", text(1, tag: "first"))
        let (state, idle) = try await place("o-2", text(1, tag: "other"))
        #expect(state == "first")
        #expect(idle.count == 1)
        #expect(try await place("o-3").state == "first")
    }

    @Test func `a comment, blanks and quotes make no new text`() async throws {
        _ = try await place("o-1", text(1))
        var written = text(1, comment: "# What has changed is only said.")
        written.text = written.text.replacing("id: shop", with: "id:   'shop'   # the same")
        let (state, idle) = try await place("o-2", written)
        #expect(state == "a")
        #expect(idle == [])
        #expect(try editions().count == 1)
        #expect(try editions().first?.text == text(1).text)
    }

    @Test func `a kept text takes orders when it is activated`() async throws {
        _ = try await place("o-1", text(2, tag: "second"))
        _ = try await place("o-2", text(1, tag: "first"))
        let book = try OrderBook.open(path, workflows: [])
        let earlier = try #require(try await book.workflowEditions().first { $0.version == 1 })
        try await book.activate(earlier)
        _ = await book.answer(to: OrderCommand("place", of: "o-3", workflow: "shop"))
        #expect(try await book.order("o-3")?.states == ["first"])
        await book.close()
        #expect(try await place("o-4").state == "first", "also after the file was opened again")
    }

    @Test func `the highest version of those opened together takes orders`() async throws {
        let (state, idle) = try await place("o-1", text(2, tag: "second"), text(3, tag: "third"), text(1, tag: "first"))
        #expect(state == "third")
        #expect(idle.map(\.version) == [1])
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

    @Test func `a child's text that does not fit a parent with orders is refused, and nothing has changed`()
        async throws
    {
        let parent = WorkflowText(
            """
            id: shop
            version: 1
            children: {parcel: {max: 9}}
            commands: {place: {}, ship: {data: {id: text}}}
            initial: a
            states: {a: {on: {ship: {actions: [{spawn: {child: parcel, id: event.id, data: {weight: 1}}}]}}}}
            """, source: "shop.yaml")
        _ = try await place("o-1", parent, parcel(1, "weight: count"))
        let error = #expect(throws: WorkflowFileError.self) {
            _ = try OrderBook.open(path, workflows: [parcel(2, "carrier: text")])
        }
        #expect(error?.description.contains("orders under shop version 1") == true, "\(String(describing: error))")
        #expect(try editions().map(\.version) == [1, 1])
        let book = try OrderBook.open(path, workflows: [parcel(2, "weight: count, note: optional text")])
        defer { book.close() }
        let shipped = await book.answer(to: OrderCommand("ship", of: "o-1", data: ["id": "p-1"]))
        guard case .accepted = shipped else { return #expect(Bool(false), "\(shipped)") }
    }

    private static let replaced = WorkflowText(
        """
        id: shop
        version: 2
        commands: {place: {}, go: {}}
        initial: a
        states: {a: {on: {go: a}}}
        """, source: "shop.yaml")

    private static let packing = WorkflowText(
        """
        id: shop
        version: 1
        children: {parcel: {max: 9}}
        commands: {place: {}, ship: {data: {id: text}}, close: {}}
        initial: a
        states:
          a:
            on:
              ship: {actions: [{spawn: {child: parcel, id: event.id, data: {weight: 1}}}]}
              close: over
          over: {type: final}
        """, source: "shop.yaml")

    @Test func `a child's text must fit a parent's text that takes new orders, though none was placed yet`() throws {
        try OrderBook.open(path, workflows: [Self.packing, parcel(1, "weight: count")]).close()
        #expect(throws: WorkflowFileError.self) {
            try OrderBook.open(path, workflows: [parcel(2, "carrier: text")]).close()
        }
        // Opened with a text of the parent that takes its place, it fits.
        try OrderBook.open(path, workflows: [Self.replaced, parcel(2, "carrier: text")]).close()
        #expect(try editions().filter(\.isCurrent).map(\.version) == [2, 2])
    }

    @Test func `a child's text need not fit a parent's text whose orders have all ended`() async throws {
        let book = try OrderBook.open(path, workflows: [Self.packing, parcel(1, "weight: count")])
        _ = await book.answer(to: OrderCommand("place", of: "o-1", workflow: "shop"))
        await book.close()
        let replaced = [Self.replaced, parcel(2, "carrier: text")]
        #expect(throws: WorkflowFileError.self) { try OrderBook.open(path, workflows: replaced).close() }
        let again = try OrderBook.open(path, workflows: [])
        _ = await again.answer(to: OrderCommand("close", of: "o-1"))
        await again.close()
        try await OrderBook.open(path, workflows: replaced).close()
        #expect(try editions().filter(\.isCurrent).map(\.version) == [2, 2])
    }

    @Test func `a text that does not fit is kept beside one that takes orders, and is not activated`() throws {
        try OrderBook.open(path, workflows: [Self.packing, parcel(2, "weight: count")]).close()
        let book = try OrderBook.open(path, workflows: [parcel(1, "carrier: text")])
        defer { book.close() }
        #expect(book.idleWorkflows.map(\.version) == [1])
        let unfit = try #require(try book.workflowEditions().first { $0.name == "parcel" && $0.version == 1 })
        do throws(ActivationRefusal) {
            try book.activate(unfit)
            Issue.record("a text that does not fit takes orders")
        } catch {
            guard case .doesNotFit(let error) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(!error.findings.isEmpty)
        }
        #expect(try book.workflowEditions().filter(\.isCurrent).map(\.version) == [2, 1])
    }
}
