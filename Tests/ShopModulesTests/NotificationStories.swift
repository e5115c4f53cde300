import Foundation
import ShopModules
import Synchronization
import Testing
import Waybill

/// A sender that remembers what it was given, and fails as it is told.
private final class Postbox: Sendable {
    private struct State {
        var sent: [String] = []
        var failures: [any Error] = []
    }

    private let state = Mutex(State())

    var sent: [String] { state.withLock { $0.sent } }

    func fail(_ errors: (any Error)...) { state.withLock { $0.failures += errors } }

    var sender: Notifications.Sender {
        { notice in
            try self.state.withLock { state in
                if !state.failures.isEmpty {
                    let failure = state.failures.removeFirst()
                    if !(failure is NoticeNotSent) { state.sent.append("\(notice.kind) to \(notice.recipient)") }
                    throw failure
                }
                state.sent.append("\(notice.kind) to \(notice.recipient)")
            }
        }
    }
}

/// The line was cut while the mail server was about to answer.
private struct LineCut: Error {}

@Suite struct `A notice` {
    private let postbox = Postbox()
    private var notifications: Notifications { Notifications(sender: postbox.sender) }

    @Test func `is sent for each thing that happens to an order`() async throws {
        let shop = try await ModuleShop(modules: [notifications])
        await shop.place("o-1")
        await shop.pay("o-1", "p-1", 1_000)
        await shop.cancel("o-1")
        await shop.refund("o-1", "r-1")
        try await shop.settle()
        try await shop.settle()
        #expect(postbox.sent == ["placed to ann", "paid to ann", "closed to ann", "refunded to ann"])
        #expect(try shop.findings(notifications) == [])
    }

    @Test func `goes to the address that the member has given`() async throws {
        let shop = try await ModuleShop(modules: [notifications])
        try await shop.join("ann")
        try await shop.settle()
        await shop.place("o-1")
        try await shop.settle()
        let sent = try Notifications.notices(.sent, in: shop.book)
        #expect(sent.map(\.kind) == ["confirm", "welcome", "placed"])
        #expect(sent.allSatisfy { $0.address == "ann@example.org" })
    }

    @Test func `is found among those that are not sent, however many there ever were`() async throws {
        let shop = try await ModuleShop(modules: [notifications])
        let plan = try await shop.book.readTables { tables in
            try tables.rows("EXPLAIN QUERY PLAN " + Notifications.nextSQL, [.integer(0), .integer(1)])
        }
        guard plan.count == 1, case .text(let step) = plan[0]["detail"] else {
            Issue.record("\(plan)")
            return
        }
        #expect(step.contains("USING INDEX notice_open (state=? AND due<?)"), "\(step)")
    }

    @Test func `that has not left is tried again later, and not for ever`() async throws {
        let shop = try await ModuleShop(modules: [notifications])
        postbox.fail(NoticeNotSent("no route"))
        await shop.place("o-1")
        try await shop.settle()
        #expect(postbox.sent == [])
        shop.book.advance(by: Notifications.firstWait)
        try await shop.settle()
        #expect(postbox.sent == ["placed to ann"])
        for _ in 0..<100 { postbox.fail(NoticeNotSent("no route")) }
        await shop.place("o-2")
        for _ in 0..<20 {
            try await shop.settle()
            shop.book.advance(by: .minutes(1))
        }
        #expect(try Notifications.notices(.failed, in: shop.book).isEmpty)
        shop.book.advance(by: .days(1))
        for _ in 0..<12 {
            try await shop.settle()
            shop.book.advance(by: .days(1))
        }
        #expect(try Notifications.notices(.failed, in: shop.book).map(\.kind).contains("placed"))
    }

    @Test func `of which nobody knows whether it left is shown, and not sent again by itself`() async throws {
        let shop = try await ModuleShop(modules: [notifications])
        postbox.fail(LineCut())
        await shop.place("o-1")
        try await shop.settle()
        shop.book.advance(by: .days(1))
        try await shop.settle()
        #expect(postbox.sent.filter { $0 == "placed to ann" }.count == 1)
        let doubt = try #require(try Notifications.notices(.inDoubt, in: shop.book).first)
        #expect(doubt.problem == "LineCut()")
        #expect(try shop.book.check(notifications)?.notes.count == 1)
        #expect(try await Notifications.settle(doubt.number, .sendAgain, in: shop.book))
        try await shop.settle()
        #expect(postbox.sent.filter { $0 == "placed to ann" }.count == 2)
        #expect(try await Notifications.settle(doubt.number, .wasSent, in: shop.book) == false)
    }

    @Test func `that was being sent when the process ended is in doubt after the next start`() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "waybill-notices-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(path: "shop.db").path
        let open = { try OrderBook.open(path, world: .virtual(VirtualClock(start: noon))) }

        // The mail leaves, and with it the file: nothing can be recorded any more.
        let book = try open()
        try await book.install(Notifications { _ in book.close() })
        try await book.submit(
            OrderCommand(
                "register", of: "m-1", data: ["member": "ann", "email": "ann@example.org"],
                workflow: "member-registration")
        )
        await #expect(throws: (any Error).self) { try await book.runModules() }

        let again = try open()
        try await again.install(notifications)
        try await again.runModules()
        #expect(postbox.sent == [])
        #expect(try Notifications.notices(.inDoubt, in: again).map(\.kind) == ["confirm"])
        await again.close()
    }

    @Test func `is written to a file by the sender that comes with Waybill`() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "waybill-\(UUID().uuidString).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let shop = try await ModuleShop(modules: [Notifications(sender: FileSender(path: path).send)])
        await shop.place("o-1")
        await shop.place("o-2", buyer: "bob \"the\nbuilder\"")
        try await shop.settle()
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(
            try lines.map { try OrderBook.JSON(reading: Array($0.utf8))["recipient"]?.asText } == [
                "ann", "bob \"the\nbuilder\"",
            ])
    }

    @Test func `that nobody asked for is found, and one that is missing`() async throws {
        let shop = try await ModuleShop(modules: [notifications])
        await shop.place("o-1")
        try await shop.settle()
        try await shop.book.writeTables { tables in try tables.execute("DELETE FROM notice") }
        #expect(try shop.findings(notifications) != [])
    }
}

extension OrderBook.Answer {
    /// The proof of acceptance, or the refusal thrown.
    @discardableResult
    func receipt() throws -> Receipt {
        switch self {
        case .accepted(let receipt): return receipt
        case .refused(let refusal): throw refusal
        }
    }
}
