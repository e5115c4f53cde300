import Synchronization
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

@Suite struct `A consumer` {
    private let all = Subscription("normal")

    private func send(_ texts: [String], to topic: TopicName = "normal", in book: OrderBook) async throws {
        for text in texts { try await book.messages.send(NewMessage(to: topic, body: Array(text.utf8))) }
    }

    private func bodies(_ deliveries: [Delivery]) -> [String] {
        deliveries.map { String(decoding: $0.body, as: UTF8.self) }
    }

    @Test func `reads messages as they come, and acknowledges them`() async throws {
        let book = try await bookWithTopics()
        let messages = book.messages
        try await messages.createGroup("readers")
        try await send(["a", "b", "c"], in: book)
        var read: [String] = []
        for try await delivery in messages.deliveries(to: "readers", all, Messages.ReceiveOptions(max: 2)) {
            read += bodies([delivery])
            try await messages.acknowledge(delivery)
        }
        #expect(read == ["a", "b", "c"])
        #expect(try await messages.lag(of: "readers").map(\.messages) == [0])
        #expect(try await messages.lag(of: "readers").map(\.finished) == [3])
    }

    /// The name of an attempt gives the same batch again: each receive of a loop is another one.
    @Test func `reads on when its options name an attempt`() async throws {
        let book = try await bookWithTopics()
        let messages = book.messages
        try await messages.createGroup("readers")
        try await send(["a", "b"], in: book)
        var read: [String] = []
        let options = Messages.ReceiveOptions(max: 1, attempt: "first")
        for try await delivery in messages.deliveries(to: "readers", all, options) {
            read += bodies([delivery])
            try await messages.acknowledge(delivery)
        }
        #expect(read == ["a", "b"])
    }

    /// The refusal ended the loop, though it says that it passes.
    @Test(.timeLimit(.minutes(1))) func `goes on when the book was overloaded`() async throws {
        let (reports, reporting) = AsyncStream.makeStream(of: LoopFailure.self)
        var settings = OrderBook.Settings()
        settings.intakeDepthMax = 1
        settings.report = { reporting.yield($0) }
        let book = try OrderBook.inMemory(workflows: [], settings: settings)
        let messages = book.messages
        try await messages.createTopic("normal")
        try await messages.createGroup("readers")
        try await send(["a"], in: book)
        let (inside, entering) = AsyncStream.makeStream(of: Void.self)
        let end = TimedSignal()
        async let written: Void = book.writeTables(deadline: .seconds(60)) { _ in
            entering.yield()
            _ = end.wait(atMost: .seconds(20))
        }
        for await _ in inside { break }
        // One waits, and there is room for no more.
        async let waits = messages.createTopic("another")
        while book.vitals.waitingRequests < 1 { await Task.yield() }
        let loop = Task {
            for try await delivery in messages.deliveries(to: "readers", all) {
                try await messages.acknowledge(delivery)
                return bodies([delivery])
            }
            return []
        }
        for await report in reports {
            #expect(report.loop == .deliveries("readers") && report.rest == .seconds(1))
            break
        }
        end.signal()
        try await written
        _ = try await waits
        #expect(try await loop.value == ["a"])
        await book.close()
    }

    @Test(arguments: ["normal", "fifo"] as [TopicName])
    func `gives back what it took ahead when its loop ends, and no attempt is used up`(topic: TopicName) async throws {
        let book = try await bookWithTopics()
        let messages = book.messages
        try await messages.createGroup("readers", GroupSettings(isFIFO: topic == "fifo", attemptsMax: 1))
        for text in ["a", "b", "c"] {
            var message = NewMessage(to: topic, body: Array(text.utf8))
            if topic == "fifo" { message.messageGroup = Text("group of \(text)") }
            try await messages.send(message)
        }
        for try await delivery in messages.deliveries(to: "readers", Subscription(topic), .init(max: 3)) {
            try await messages.acknowledge(delivery)
            break
        }
        var next: [Delivery] = []
        while next.count < 2 {
            // What is given back comes from a task that no test can await.
            await Task.yield()
            next += try await messages.receive("readers", Subscription(topic))
        }
        #expect(bodies(next) == ["b", "c"] && next.map(\.attempt) == [1, 1])
        try await messages.acknowledge(next[0])
        try await messages.fail(next[1])
        #expect(try await messages.deadLetters(of: "readers").count == 1, "the one attempt is used up now")
    }

    @Test func `hands out nothing behind a message of its message group that failed`() async throws {
        let book = try await bookWithTopics()
        let messages = book.messages
        try await messages.createGroup("readers", GroupSettings(isFIFO: true))
        for text in ["a", "b", "c", "d"] {
            var message = NewMessage(to: "fifo", body: Array(text.utf8))
            message.messageGroup = "g"
            try await messages.send(message)
        }
        var seen: [Delivery] = []
        for try await delivery in messages.deliveries(to: "readers", Subscription("fifo")) {
            seen.append(delivery)
            if bodies([delivery]) == ["b"], delivery.attempt == 1 {
                try await messages.fail(delivery, retryAfter: Interval(milliseconds: 0))
            } else {
                try await messages.acknowledge(delivery)
            }
        }
        #expect(bodies(seen) == ["a", "b", "b", "c", "d"] && seen.map(\.attempt) == [1, 1, 2, 1, 1])
    }

    @Test func `gives back what it took ahead when its task is cancelled`() async throws {
        let book = try await bookWithTopics()
        let messages = book.messages
        try await messages.createGroup("readers")
        try await send(["a", "b"], in: book)
        let loop = Task {
            for try await delivery in messages.deliveries(to: "readers", all, .init(max: 2)) {
                try await messages.acknowledge(delivery)
                withUnsafeCurrentTask { $0?.cancel() }
            }
        }
        try await loop.value
        let next = try await messages.receive("readers", all)
        #expect(bodies(next) == ["b"] && next.map(\.attempt) == [1])
    }

    @Test func `without a name has one that no other process and no other loop has`() async throws {
        let file = try ShopFile()
        var names: [Text] = []
        for topic in ["first", "second"] as [TopicName] {
            let book = try file.open()
            let messages = book.messages
            names.append(book.engine.client)
            try await messages.createTopic(topic)
            try await messages.createGroup("readers")
            for text in ["a", "b"] {
                let sent = try await messages.send(NewMessage(to: topic, body: Array(text.utf8)))
                for try await delivery in messages.deliveries(to: "readers", Subscription(topic)) {
                    try await messages.acknowledge(delivery)
                }
                names += Set(try await messages.trace(id: sent.id).flatMap(\.happenings).map(\.client))
            }
            await book.close()
        }
        #expect(names.count == 6 && Set(names).count == 6, "\(names)")
    }

    @Test func `gets again what it has failed, at its time, and what it has kept too long`() async throws {
        let book = try await bookWithTopics()
        let messages = book.messages
        try await messages.createGroup("readers")
        try await send(["a", "b"], in: book)
        let first = try await messages.receive("readers", all)
        try await messages.fail(first[0], retryAfter: .minutes(1))
        try await messages.extend(first[1], by: .minutes(2))
        book.advance(by: .seconds(59))
        #expect(try await messages.receive("readers", all) == [])
        book.advance(by: .seconds(1))
        let second = try await messages.receive("readers", all)
        #expect(bodies(second) == ["a"] && second.map(\.attempt) == [2])
        try await messages.acknowledge(second[0])
        book.advance(by: .minutes(1))
        #expect(bodies(try await messages.receive("readers", all)) == ["b"])
        await #expect(throws: MessageRefusal.self) { try await messages.acknowledge(first[1]) }
    }

    @Test func `gives up a message, and gets it back by redrive`() async throws {
        let book = try await bookWithTopics()
        let messages = book.messages
        try await messages.createGroup("readers")
        try await send(["a"], in: book)
        try await messages.deadLetter(try #require(try await messages.receive("readers", all).first), because: "bad")
        #expect(try await messages.receive("readers", all) == [])
        #expect(try await messages.deadLetters(of: "readers").map(\.reason) == ["bad"])
        #expect(try await messages.redrive("readers") == 1)
        let back = try #require(try await messages.receive("readers", all).first)
        #expect(bodies([back]) == ["a"] && back.topic == "normal")
        try await messages.acknowledge(back)
        #expect(try await messages.redrive("readers") == 0)
    }

    @Test func `reads again after a look-back, marked as replayed, as the preview has said`() async throws {
        let book = try await bookWithTopics()
        let messages = book.messages
        try await messages.createGroup("readers")
        try await send(["a", "b"], in: book)
        for delivery in try await messages.receive("readers", all) { try await messages.acknowledge(delivery) }
        let preview = try await messages.previewLookBack("readers", "normal", to: .oldest)
        #expect(preview.isPreview && preview.queues.map(\.again) == [2])
        #expect(try await messages.receive("readers", all) == [])
        try await messages.lookBack("readers", "normal", to: .oldest)
        let again = try await messages.receive("readers", all)
        #expect(bodies(again) == ["a", "b"] && again.allSatisfy(\.isReplayed))
    }

    @Test func `of a closure has its rows and its acknowledgement in one commit`() async throws {
        let book = try await bookWithTopics()
        let messages = book.messages
        try await book.install(
            HandlerModule(
                "counter", [Subscription("normal")],
                migrate: { tables in
                    try tables.execute("CREATE TABLE IF NOT EXISTS word (text TEXT PRIMARY KEY) STRICT")
                },
                handle: { delivery, tables, _ in
                    let text = String(decoding: delivery.body, as: UTF8.self)
                    try tables.execute("INSERT INTO word VALUES (?)", [.text(text)])
                    if text == "poison" { throw CancellationError() }
                }))
        try await send(["a", "poison", "b"], in: book)
        #expect(try await book.runModules() == 2)
        let words = try await book.readTables { try $0.rows("SELECT text FROM word ORDER BY text") }
        #expect(words.map { $0["text"] } == ["a", "b"])
        #expect(try await messages.lag(of: "counter").map(\.messages) == [1])
        await #expect(throws: MessageRefusal.groupExists("counter")) {
            try await book.install(HandlerModule("counter", []) { _, _, _ in })
        }
    }

    @Test func `installed in the real world works by itself`() async throws {
        let book = try OrderBook.inMemory(workflows: [])
        try await book.messages.createTopic("normal")
        let (heard, hears) = AsyncStream.makeStream(of: String.self)
        try await book.install(
            HandlerModule("counter", [Subscription("normal")]) { delivery, _, _ in
                hears.yield(String(decoding: delivery.body, as: UTF8.self))
            })
        try await send(["a", "b"], in: book)
        var iterator = heard.makeAsyncIterator()
        #expect(await iterator.next() == "a")
        #expect(await iterator.next() == "b")
        await book.close()
    }
}
