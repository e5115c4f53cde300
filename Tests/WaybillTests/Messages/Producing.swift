import Synchronization
import Testing
import Waybill
import WaybillCore

/// A book in virtual time with a topic of each type.
func bookWithTopics() async throws -> OrderBook {
    let book = try OrderBook.inMemory(workflows: [], world: .virtual(VirtualClock(start: noon)))
    for type in TopicType.allCases {
        try await book.messages.createTopic(TopicName(type.rawValue), TopicSettings(type: type))
    }
    return book
}

@Suite struct `A producer` {
    @Test func `makes, changes and deletes topics`() async throws {
        let messages = try await bookWithTopics().messages
        #expect(try await messages.topics().map(\.name) == ["normal", "fifo", "delay", "transaction", "mixed"])
        await #expect(throws: MessageRefusal.topicExists("fifo")) { try await messages.createTopic("fifo") }
        #expect(try await messages.updateTopic("fifo", TopicSettings(type: .mixed, queues: 8)).settings.queues == 8)
        try await messages.deleteTopic("fifo")
        #expect(try await messages.topic("fifo") == nil)
        await #expect(throws: MessageRefusal.unknownTopic("fifo")) { try await messages.deleteTopic("fifo") }
    }

    @Test func `sends many in one commit, or none`() async throws {
        let messages = try await bookWithTopics().messages
        let good = NewMessage(to: "normal", body: [1])
        #expect(try await messages.send([good, good, good]).count == 3)
        await #expect(throws: MessageRefusal.unknownTopic("nowhere")) {
            try await messages.send([good, NewMessage(to: "nowhere", body: [1])])
        }
    }

    @Test func `takes back or moves what is not delivered yet, and hears when it is too late`() async throws {
        let book = try await bookWithTopics()
        let messages = book.messages
        let later = NewMessage(to: "delay", body: [1], deliverAt: noon.advanced(by: .hours(1)))
        let first = try #require(try await messages.send(later).recallHandle)
        let second = try #require(try await messages.send(later).recallHandle)
        let moved = noon.advanced(by: .minutes(5))
        #expect(try await messages.reschedule(second, of: "delay", to: moved) == moved)
        let id = try await messages.recall(first, of: "delay")
        #expect(try await messages.recall(first, of: "delay") == id)
        book.advance(to: moved)
        await #expect(throws: MessageRefusal.alreadyVisible(at: moved)) {
            try await messages.recall(second, of: "delay")
        }
    }
}

@Suite struct `A transactional producer` {
    private let message = NewMessage(to: "transaction", body: Array("paid".utf8))

    @Test func `sends with its local transaction, and not without`() async throws {
        let messages = try await bookWithTopics().messages
        let done = try await messages.sendInTransaction(message, producer: "ledger") { _ in .commit }
        #expect(done.resolution == .commit)
        let undone = try await messages.sendInTransaction(message, producer: "ledger") { _ in .rollback }
        #expect(undone.resolution == .rollback)
        #expect(try await messages.halfMessages().elements.isEmpty)
    }

    @Test func `is asked when its transaction ends without a word`() async throws {
        struct Crash: Error {}
        let book = try await bookWithTopics()
        let messages = book.messages
        let done = Mutex<[Text]>([])
        await #expect(throws: Crash.self) {
            try await messages.sendInTransaction(message, producer: "ledger") { prepared in
                done.withLock { $0.append(prepared.transaction) }
                throw Crash()
            }
        }
        #expect(try await messages.halfMessages().elements.map(\.producer) == ["ledger"])
        let checks = try await messages.answerChecks(of: "ledger") { check in
            done.withLock { $0.contains(check.transaction) } ? .commit : .rollback
        }
        #expect(await checks.answer() == 0)
        book.advance(by: .minutes(1))
        #expect(await checks.answer() == 1)
        #expect(try await messages.halfMessages().elements.isEmpty)
        checks.close()
    }

    @Test func `decides once`() async throws {
        let messages = try await bookWithTopics().messages
        let prepared = try await messages.prepare(message, producer: "ledger")
        try await messages.resolve(prepared.transaction, of: "transaction", .rollback)
        #expect(try await messages.resolve(prepared.transaction, of: "transaction", .rollback).at == noon)
        await #expect(throws: MessageRefusal.self) {
            try await messages.resolve(prepared.transaction, of: "transaction", .commit)
        }
        #expect(throws: MessageRefusal.self) { try messages.answerChecks(of: "") { _ in .commit } }
    }
}
