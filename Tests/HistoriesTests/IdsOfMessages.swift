import Fixtures
import Foundation
import Histories
import Testing
import Waybill
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillStore

/// Ids by which an inbox tells a repeat from something new.
@Suite struct `The id of an order's message` {
    private static let trace: Text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    /// Each placing sends two messages.
    private static let pair = WorkflowText(
        """
        id: pair
        version: 1
        commands: {place: {data: {buyer: text}}, done: {}}
        context: {buyer: text}
        initial: open
        states:
          open:
            entry:
              - send: {topic: pairs, tag: first}
              - send: {topic: pairs, tag: second, messageGroup: buyer}
            on: {done: {actions: [{send: {topic: pairs, tag: third}}]}}
        """, source: "pair.yaml")

    private func open(_ path: String, seed: UInt64 = 1) throws -> OrderBook {
        try OrderBook.open(
            path, workflows: [Self.pair], world: .virtual(VirtualClock(start: Shop.opening), seed: seed))
    }

    private func place(_ id: OrderID, in book: OrderBook, buyer: String = "ann") async throws -> [MessageView] {
        var command = OrderCommand("place", of: id, data: ["buyer": .text(buyer)], workflow: "pair")
        command.trace = Self.trace.string
        try await book.submit(command)
        return try messages(of: id, in: book)
    }

    private func messages(of id: OrderID, in book: OrderBook) throws -> [MessageView] {
        try book.engine.messages.messages(key: id.text)
    }

    @Test func `is the id of its CloudEvent, and no other message of the event has it`() async throws {
        let directory = try TemporaryDirectory()
        let book = try open(directory.file("shop.db"))
        defer { book.close() }
        let sent = try await place("o-1", in: book)
        #expect(sent.count == 2)
        #expect(Set(sent.map(\.id)).count == 2)
        let file = try #require(try book.engine.store.read { rows in try rows.fileID() })
        for (ordinal, message) in sent.enumerated() {
            let body = try JSON(reading: message.body)
            let digest = try #require(try book.engine.store.read { rows in try rows.digest(of: Position(1)) })
            #expect(message.id.text == Text("e1-\(ordinal)-\(digest.hexadecimal)"))
            #expect(body["id"]?.asText == message.id.text.string)
            #expect(body["source"]?.asText == "urn:waybill:\(file.text)")
            #expect(body["partitionkey"]?.asText == (ordinal == 0 ? "o-1" : "ann"))
            #expect(body["sequence"]?.asText == "0000000000000000001-00\(ordinal)")
            #expect(body["traceparent"]?.asText == Self.trace.string)
            #expect(try book.engine.messages.messages(id: message.id) == [message])
            #expect(try book.engine.messages.trace(id: message.id).map(\.id) == [message.id])
            for other in ["e1-\(ordinal)", "e1-\(ordinal)-\((digest ^ 1).hexadecimal)"] {
                #expect(try book.engine.messages.messages(id: MessageID(Text(other))).isEmpty)
                #expect(try book.engine.messages.trace(id: MessageID(Text(other))).isEmpty)
            }
        }
    }

    @Test func `differs in every new file, and is the same in simulations of one seed`() async throws {
        let directory = try TemporaryDirectory()
        var ids: [[MessageID]] = []
        for (name, seed) in [("a", 1), ("b", 2), ("c", 1)] as [(String, UInt64)] {
            let book = try open(directory.file(name), seed: seed)
            ids.append(try await place("o-1", in: book).map(\.id))
            await book.close()
        }
        #expect(Set(ids[0]).isDisjoint(with: ids[1]))
        #expect(ids[0] == ids[2])
    }

    @Test func `stays in a copy, and a restored file gives others to what happens anew`() async throws {
        let directory = try TemporaryDirectory()
        let (path, backup) = (directory.file("shop.db"), directory.file("backup.db"))
        let book = try open(path)
        let first = try await place("o-1", in: book)
        await book.close()
        try FileManager.default.copyItem(atPath: path, toPath: backup)
        let lost = try open(path)
        #expect(try messages(of: "o-1", in: lost).map(\.id) == first.map(\.id))
        let gone = try await place("o-2", in: lost)
        await lost.close()
        let restored = try open(backup, seed: 9)
        #expect(try messages(of: "o-1", in: restored).map(\.id) == first.map(\.id))
        let anew = try await place("o-2", in: restored, buyer: "bob")
        #expect(anew.map(\.event) == gone.map(\.event))
        #expect(Set(anew.map(\.id)).isDisjoint(with: gone.map(\.id)))
        await restored.close()
    }

    @Test func `of an earlier release stays as it was, and is found in both forms`() async throws {
        let directory = try TemporaryDirectory()
        let kept = try #require(KeptFile.ofVersion5.first { $0.name == "workflows" })
        let path = try kept.copy(to: directory)
        let book = try kept.open(path, workflows: WorkflowText.shipped)
        let reader = book.engine.messages
        let old = try book.engine.store.read { rows in
            try rows.messages(ofEventsFrom: Position(1), upTo: Position(Int64(kept.events)), limit: 1_000)
        }
        #expect(old.count > 20)
        for stored in old {
            let event = try #require(stored.message.event)
            let digest = try #require(try book.engine.store.read { rows in try rows.digest(of: event) })
            let short = MessageID(event: event, ordinal: stored.message.ordinal)
            let found = try reader.messages(id: short)
            #expect(found.map(\.id) == [short])
            let long = MessageID(event: event, ordinal: stored.message.ordinal, digest: digest)
            #expect(try reader.messages(id: long) == found)
            #expect(
                try reader.messages(
                    id: MessageID(event: event, ordinal: stored.message.ordinal, digest: digest &+ 1)
                ).isEmpty)
            guard stored.message.body == nil, let body = found.first?.body else { continue }
            let cloud = try JSON(reading: body)
            #expect(cloud["id"]?.asText == "e\(event.number)")
            #expect(cloud["source"]?.asText == "waybill")
            #expect(cloud["partitionkey"] == nil)
        }
        let file = try #require(try book.engine.store.read { rows in try rows.fileID() })
        let all = try book.engine.audits(limit: 1_000)
        let audits = all.filter { $0.type == "$file" }
        #expect(audits.count == 1)
        // Each shipped text has a higher version than the file's.
        #expect(all.count { $0.type == "$activate" } == all.count - 1)
        #expect(try JSON(reading: #require(audits.first).body)["file"]?.asText == file.text.string)
        let cancel = OrderCommand("cancel", of: "o-9", data: ["reason": "late"], role: "buyer")
        try await book.submit(cancel)
        let new = try #require(try messages(of: "o-9", in: book).last)
        #expect(new.id.text.string.hasPrefix("e\(kept.events + all.count + 1)-"))
        #expect(new.id.sentBy?.digest != nil)
        #expect(try JSON(reading: new.body)["source"]?.asText == "urn:waybill:\(file.text)")
        await book.close()
        let again = try kept.open(path)
        #expect(try again.engine.audits(limit: 1_000).filter { $0.type == "$file" }.count == 1)
        await again.close()
        #expect(try Verify().run(path).findings == [])
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/sqlite3")))
    func `cannot be changed unnoticed by what the file says of itself`() async throws {
        let directory = try TemporaryDirectory()
        let new = directory.file("shop.db")
        try await Shop.fill(new)
        let old = try #require(KeptFile.ofVersion5.first { $0.name == "stopped" }).copy(to: directory)
        try await OrderBook.open(old, workflows: [], world: .virtual(VirtualClock(start: Shop.opening))).close()
        for path in [new, old] {
            #expect(try Verify().run(path).findings == [])
            for change in [
                "UPDATE setting SET value = substr(value, 2) || substr(value, 1, 1) WHERE name = 'file id'",
                "UPDATE setting SET value = 'me' WHERE name = 'file id'",
                "DELETE FROM setting WHERE name = 'file id'",
                "UPDATE setting SET value = value + 1 WHERE name = 'last plain message id'",
                "DELETE FROM setting WHERE name = 'last plain message id'",
                "INSERT OR REPLACE INTO setting (name, value) VALUES ('chain seed', 7)",
            ] {
                let damaged = directory.file("damaged.db")
                try? FileManager.default.removeItem(atPath: damaged)
                try FileManager.default.copyItem(atPath: path, toPath: damaged)
                _ = try sqlite(damaged, change)
                #expect(try Verify().run(damaged).findings != [], "\(path): \(change)")
            }
        }
    }
}
