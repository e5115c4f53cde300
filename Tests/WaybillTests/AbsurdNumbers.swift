import Testing
import Waybill
import WaybillCore

/// Nothing that a program may ask for by mistake ends its process: each number is answered, or refused by name.
@Suite struct `Absurd numbers` {
    private static let numbers: [Int64] = [.min, .min + 1, -1 << 40, -1, 0, 1, 1 << 40, .max - 1, .max]

    /// A book with a placed order, a topic with messages of each kind, and a group that has read some.
    private func book() async throws -> OrderBook {
        let book = try await mugBook()
        try await book.submit(place("o-1"))
        try await book.messages.createTopic("t", TopicSettings(type: .mixed))
        try await book.messages.createGroup("g")
        _ = try await book.messages.receive("g", Subscription("t"))
        for number in 0..<5 { try await book.messages.send(NewMessage(to: "t", body: [UInt8(number)], keys: ["k"])) }
        _ = try await book.messages.prepare(NewMessage(to: "t", body: [9]), producer: "p")
        let got = try await book.messages.receive("g", Subscription("t"), .init(max: 2))
        try await book.messages.deadLetter(got[0])
        return book
    }

    @Test(arguments: numbers) func `of a timeout`(number: Int64) async throws {
        let book = try await book()
        let interval = Interval(milliseconds: number)
        let answers = [
            await Answer { try await book.extendTimeout("unpaid.after.30m", of: "o-1", by: interval) },
            await Answer {
                try await book.moveTimeout("unpaid.after.30m", of: "o-1", to: Moment(milliseconds: number))
            },
        ]
        #expect(answers.count == 2)
        let filter = OrderFilter(status: "awaiting payment")
        for action in [TimeoutChange.Action.extend(by: interval), .move(to: Moment(milliseconds: number))] {
            let change = TimeoutChange(action, "unpaid.after.30m", where: filter)
            _ = try await book.countTimeouts(change)
            _ = try? await book.changeTimeouts(change)
            if let job = try? await book.startTimeoutJob(change) {
                _ = try? await book.resume(job, ordersMax: Int(number))
            }
        }
        // Whoever lets ages pass has every question of ages asked.
        book.advance(by: min(interval, .days(1)))
        book.advance(to: book.now)
        let order = try await book.order("o-1")
        #expect(order != nil)
    }

    @Test(arguments: numbers) func `of a page`(number: Int64) async throws {
        let book = try await book()
        let (limit, messages) = (Int(number), book.messages)
        // Every page is bounded, and a limit below 1 is no reason to look at everything.
        let most = max(0, min(limit, 1_000))
        #expect(try await book.orders(limit: limit).elements.count <= max(1, most))
        #expect(try await book.history(of: "o-1", after: number, limit: limit)?.count ?? 0 <= max(1, most))
        #expect(try await book.history(of: "o-1", after: 0, limit: limit)?.count ?? 0 <= max(1, most))
        _ = try? await messages.deadLetters(of: "g", limit: limit)
        _ = try? await messages.halfMessages(limit: limit)
        _ = try? await messages.topics(limit: limit)
        _ = try? await messages.find(key: "k", limit: limit)
        _ = try? await messages.find(in: "t", from: Moment(milliseconds: number), limit: limit)
        _ = try? await messages.redrive("g", limit: limit)
        #expect(try await book.order("o-1", asOf: .time(Moment(milliseconds: number))) != nil || number < 1 << 41)
        let after = try await book.orders(asOf: .time(Moment(milliseconds: number)), limit: 10)
        #expect(after.elements.count <= 1)
    }

    @Test(arguments: numbers) func `of a delivery`(number: Int64) async throws {
        let book = try await book()
        let (interval, messages) = (Interval(milliseconds: number), book.messages)
        for receiving in [
            Messages.ReceiveOptions(max: Int(number)), Messages.ReceiveOptions(invisible: interval),
            Messages.ReceiveOptions(invisible: interval, isRenewed: true),
            // In a virtual world a wait that is allowed lasts until somebody lets time pass.
            Messages.ReceiveOptions(wait: number == 1 ? .hours(1) : interval),
        ] {
            let batch = (try? await messages.receive("g", Subscription("t"), receiving)) ?? []
            #expect(batch.count <= 100)
            for delivery in batch {
                try? await messages.extend(delivery, by: interval)
                try? await messages.fail(delivery, retryAfter: interval)
            }
        }
        for target in [
            LookBackTarget.time(Moment(milliseconds: number)), .message(at: MessagePosition("\(number):\(number)")),
            .message(at: MessagePosition("1:\(number)")),
        ] {
            _ = try? await messages.previewLookBack("g", "t", to: target)
            _ = try? await messages.lookBack("g", "t", to: target)
        }
        book.advance(by: .hours(1))
        _ = try await messages.receive("g", Subscription("t"))
        #expect(try await messages.lag(of: "g").allSatisfy { $0.messages >= 0 })
    }

    @Test(arguments: numbers) func `of a message, a topic, a group`(number: Int64) async throws {
        let book = try await book()
        let (interval, messages) = (Interval(milliseconds: number), book.messages)
        var message = NewMessage(to: "t", body: [1], priority: Int(number))
        _ = try? await messages.send(message)
        message.priority = 0
        message.deliverAt = Moment(milliseconds: number)
        if let handle = try? await messages.send(message).recallHandle {
            _ = try? await messages.reschedule(handle, of: "t", to: Moment(milliseconds: number))
            _ = try? await messages.reschedule(handle, of: "t", to: Moment(milliseconds: -number.magnitude.signed))
            _ = try? await messages.recall(handle, of: "t")
        }
        _ = try? await messages.prepare(NewMessage(to: "t", body: [1]), producer: "p", firstCheck: interval)
        for settings in [
            TopicSettings(queues: Int(number)), TopicSettings(bytesMax: number), TopicSettings(retention: interval),
        ] { _ = try? await messages.updateTopic("t", settings) }
        for settings in [
            GroupSettings(attemptsMax: number), GroupSettings(ladder: [interval]), GroupSettings(invisible: interval),
        ] { _ = try? await messages.updateGroup("g", settings) }
        for delivery in try await messages.receive("g", Subscription("t")) { try? await messages.fail(delivery) }
        book.advance(by: .hours(3))
        #expect(try await messages.topic("t") != nil)
        #expect(try await messages.group("g") != nil)
        #expect(try await messages.retention(of: "t") != nil)
    }

    @Test(arguments: numbers) func `of an order's data`(number: Int64) async throws {
        let book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: Moment(milliseconds: 1 << 41))))
        try await book.submit(StockCommand(.receive(.max), of: StockKey(sku: "mug")))
        func data(_ quantity: Int64, _ price: Int64, _ wait: Int64, _ freight: Int64, _ discount: Int64) -> JSON {
            [
                "shop": "s", "buyer": "b", "pay_within": .int(wait), "freight_cents": .int(freight),
                "discount_cents": .int(discount),
                "lines": [["line": "1", "sku": "mug", "at": "", "qty": .int(quantity), "price_cents": .int(price)]],
            ]
        }
        let places = [
            data(number, 1, 1_000, 0, 0), data(1, number, 1_000, 0, 0), data(1, 1, number, 0, 0),
            data(1, 1, 1_000, number, 0), data(1, 1, 1_000, 0, number), data(number, number, number, number, number),
        ]
        for (index, data) in places.enumerated() {
            let id = OrderID("o-\(index)")
            _ = await book.answer(to: OrderCommand("place", of: id, data: data, workflow: "standard-order"))
            for payment in 1...2 {
                let paid: JSON = ["payment": "p-\(payment)", "channel": "c", "amount_cents": .int(number)]
                _ = await book.answer(to: OrderCommand("pay", of: id, data: paid))
            }
            _ = await book.answer(to: OrderCommand("cancel", of: id, data: ["reason": "absurd"]))
        }
        book.advance(by: .days(1))
        let level = try #require(try await book.stock(StockKey(sku: "mug")))
        #expect(level.received + level.adjusted == level.free + level.reserved + level.sold)
        #expect(min(level.free, level.reserved, level.sold) >= 0)
    }
}

extension UInt64 {
    fileprivate var signed: Int64 { Int64(clamping: self) }
}
