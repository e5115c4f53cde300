import Fixtures
import Foundation
import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// Numbers that are zero in a good hour: each is made more than that once.
@Suite struct `Numbers of trouble` {
    private static let group = "topic=\"ledger\",group=\"shipping\""
    private static let lag = "group=\"shipping\",topic=\"ledger\""

    private func metrics(_ shop: APIShop) async throws -> MetricLines {
        try MetricLines(await shop.send(.init(get: "/metrics")).text)
    }

    /// A shop with a group that was given what is in a topic.
    private func shop(messages: Int) async throws -> (shop: APIShop, receipts: [String]) {
        let shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.group] { await shop.send(step) }
        for number in 0..<messages {
            await shop.send(
                Example.Step(
                    .post, "/v1/topics/ledger/messages", [(.idempotencyKey, "m-\(number)")], body: #"{"data":1}"#))
        }
        let received = await shop.send(
            .init(post: "/v1/groups/shipping/receive", #"{"topic":"ledger","client":"c","max":100}"#))
        let items = try JSON(reading: received.body)["items"]?.elements
        return (shop, try #require(items).compactMap { $0["receipt"]?.asText })
    }

    @Test func `say what is in flight, and that a group takes nothing new when its deliveries fail`() async throws {
        let (shop, receipts) = try await shop(messages: 12)
        #expect(receipts.count == 12)
        let before = try await metrics(shop)
        #expect(before["waybill_group_in_flight"][Self.lag] == 12)
        #expect(before["waybill_group_held_back"][Self.lag] == 0)
        let list = receipts.map { "\"\($0)\"" }.joined(separator: ",")
        await shop.send(.init(post: "/v1/groups/shipping/fail", "{\"receipts\":[\(list)]}"))
        let after = try await metrics(shop)
        #expect(after["waybill_group_in_flight"][Self.lag] == 0)
        #expect(after["waybill_group_held_back"][Self.lag] == 1)
    }

    @Test func `count what one request answers of two topics by its topic`() async throws {
        let (shop, receipts) = try await shop(messages: 1)
        await shop.send(Example.Step(.put, "/v1/topics/cash", body: #"{"type":"mixed"}"#))
        await shop.send(
            Example.Step(.post, "/v1/topics/cash/messages", [(.idempotencyKey, "cash")], body: #"{"data":1}"#))
        let received = await shop.send(
            .init(post: "/v1/groups/shipping/receive", #"{"topic":"cash","client":"c"}"#))
        let other = try JSON(reading: received.body)["items"]?.elements?.first?["receipt"]?.asText
        let list = (receipts + [try #require(other)]).map { "\"\($0)\"" }.joined(separator: ",")
        await shop.send(.init(post: "/v1/groups/shipping/acknowledge", "{\"receipts\":[\(list)]}"))
        let counted = try await metrics(shop)["waybill_messages_acknowledged_total"]
        #expect(counted == [Self.group: 1, "topic=\"cash\",group=\"shipping\"": 1], "\(counted)")
    }

    @Test func `say that retention took what a group was owed`() async throws {
        let shop = try APIShop(workflows: [])
        let topic = #"{"type":"mixed","queues":1,"bytes_max":1048576,"retention":"1h"}"#
        await shop.send(Example.Step(.put, "/v1/topics/ledger", body: topic))
        await shop.send(ExampleShop.group)
        func send(_ number: Int) async {
            let text = String(repeating: "a", count: 60_000)
            let sent = await shop.send(
                Example.Step(
                    .post, "/v1/topics/ledger/messages", [(.idempotencyKey, "m-\(number)")],
                    body: "{\"data\":\"\(text)\"}"))
            #expect(sent.status == 201, "\(sent.text)")
        }
        await send(0)
        let received = await shop.send(
            .init(post: "/v1/groups/shipping/receive", #"{"topic":"ledger","client":"c"}"#))
        #expect(received.text.contains("receipt"))
        #expect(try await metrics(shop)["waybill_group_gap"][Self.group] == 0)
        for number in 1...40 { await send(number) }
        shop.book.advance(by: .days(1))
        var rounds = 0
        while try shop.book.engine.maintain(), rounds < 1_000 { rounds += 1 }
        #expect(try await metrics(shop)["waybill_group_gap"][Self.group] == 1)
    }

    @Test func `tell half messages that are asked about from those that are asked about no more`() async throws {
        let shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.half] { await shop.send(step) }
        var asked = 0.0
        for _ in 1...200 where asked < 15 {
            shop.book.advance(by: .minutes(10))
            let reply = await shop.send(.init(post: "/v1/producers/bank/checks", "{}"))
            asked += Double(try JSON(reading: reply.body)["items"]?.elements?.count ?? 0)
        }
        let open = try await metrics(shop)
        #expect(open["waybill_checks_sent_total"] == ["": asked] && asked == 15)
        #expect(open["waybill_half_messages"] == ["state=\"half\"": 1, "state=\"parked\"": 0])
        shop.book.advance(by: .days(2))
        let parked = try await metrics(shop)
        #expect(parked["waybill_half_messages"] == ["state=\"half\"": 0, "state=\"parked\"": 1])
    }

    @Test func `say that timeouts are held, which acts there were and how operations are`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        #expect(try await metrics(shop)["waybill_timeouts_held"] == ["": 0])
        await shop.send(.init(post: "/v1/timeouts/hold", #"{"reason":"payments are down"}"#))
        let change = await shop.send(
            Example.Step(
                .post, "/v1/operations/timeouts", [(.idempotencyKey, "strike")],
                body: """
                    {"filter":{"attributes":{"shop":"7"}},"name":"pay_due","action":{"extend":"15m"},
                     "reason":"payments are down"}
                    """))
        #expect(change.status == 202, "\(change.text)")
        shop.book.advance(by: .seconds(10))
        let metrics = try await metrics(shop)
        #expect(metrics["waybill_timeouts_held"] == ["": 1])
        #expect(metrics["waybill_operations"]["state=\"done\""] == 1, "\(metrics["waybill_operations"])")
        let audit = try JSON(reading: await shop.send(.init(get: "/v1/audit?limit=1000")).body)
        var types: [String: Double] = [:]
        for item in try #require(audit["items"]?.elements) {
            types["type=\"\(item["type"]?.asText ?? "")\"", default: 0] += 1
        }
        #expect(types.count >= 2 && metrics["waybill_audit_events_total"] == types, "\(types)")
    }

    @Test func `count what a module is owed, and loops that fail by their names`() async throws {
        let shop = try APIShop(workflows: [])
        await shop.send(ExampleShop.topic)
        try await shop.book.install(HandlerModule("counter", [Subscription("ledger")]) { _, _, _ in })
        for number in 1...3 {
            await shop.send(
                Example.Step(
                    .post, "/v1/topics/ledger/messages", [(.idempotencyKey, "m-\(number)")], body: #"{"data":1}"#))
        }
        #expect(try await metrics(shop)["waybill_module_lag_messages"] == ["module=\"counter\"": 3])
        #expect(try await metrics(shop)["waybill_loop_failures_total"].isEmpty)
        for loop in [LoopFailure.Loop.backups, .maintenance, .backups] {
            shop.book.engine.report(LoopFailure(loop, "the disk is away", rest: .seconds(1)))
        }
        let failures = try await metrics(shop)["waybill_loop_failures_total"]
        #expect(failures == ["loop=\"backups\"": 2, "loop=\"maintenance\"": 1])
    }

    @Test func `say until when the certificate is good, and what is wrong with it`() async throws {
        let shop = try APIShop(workflows: [])
        #expect(try await metrics(shop)["waybill_certificate_expiry_seconds"].isEmpty)
        let served = shop.api.served
        served.certificate = CertificateState(expires: shop.book.now.advanced(by: .days(90)))
        #expect(try await metrics(shop)["waybill_certificate_expiry_seconds"] == ["": 90 * 86_400])
        func word() async throws -> String? {
            let health = try JSON(reading: await shop.send(.init(get: "/v1/health")).body)
            return health["vitals"]?["certificate"]?["word"]?.asText
        }
        #expect(try await word() == "ok")
        served.certificate?.failure = "its key is another's"
        #expect(try await word() == "warn")
        served.certificate = CertificateState(expires: shop.book.now)
        #expect(try await word() == "bad")
    }

    @Test(.timeLimit(.minutes(1))) func `say how many requests wait for a write that goes on`() async throws {
        let directory = try TemporaryDirectory()
        let book = try OrderBook.open(directory.file("shop.db"), workflows: [])
        let served = try Served(ServedBook(book), tokens: TokenTable([]))
        let (inside, entering) = AsyncStream.makeStream(of: Void.self)
        let end = TimedSignal()
        async let written: Void = book.writeTables(deadline: .seconds(60)) { _ in
            entering.yield()
            _ = end.wait(atMost: .seconds(20))
        }
        for await _ in inside { break }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 { group.addTask { try await book.submit(StockCommand(.receive(1), of: "mug")) } }
            while book.vitals.waitingRequests < 3 || (book.vitals.oldestWait?.milliseconds ?? 0) < 2 {
                await Task.yield()
            }
            let head = API.Head(method: "GET", target: "/metrics", headers: CallHeaders(), principal: .owner)
            let api = API(served)
            let reply = await api.answer(try api.admit(head, requestID: "r-1"), body: [])
            let metrics = try MetricLines(reply.text)
            #expect(metrics["waybill_intake_waiting"] == ["": 3])
            #expect(metrics["waybill_intake_oldest_seconds"][""] ?? 0 > 0)
            end.signal()
            try await group.waitForAll()
        }
        try await written
        await book.close()
    }

    @Test func `tell the log and the disk of a file`() async throws {
        let directory = try TemporaryDirectory()
        let book = try OrderBook.open(directory.file("shop.db"), workflows: [])
        let api = API(try Served(ServedBook(book), tokens: TokenTable([])))
        try await book.submit(StockCommand(.receive(1), of: "mug"))
        let head = API.Head(method: "GET", target: "/metrics", headers: CallHeaders(), principal: .owner)
        let metrics = try MetricLines(await api.answer(try api.admit(head, requestID: "r-1"), body: []).text)
        let vitals = book.vitals
        #expect(vitals.walBytes > 0 && metrics["waybill_wal_bytes"] == ["": Double(vitals.walBytes)])
        let percent = try #require(vitals.freeDiskPercent)
        #expect(metrics["waybill_disk_free_ratio"] == ["": Double(percent) / 100])
        await book.close()
    }
}

/// Labels come from names and texts that callers made.
@Suite struct `The labels of metrics` {
    /// Orders whose status is a word of their data.
    private func shop(_ words: [String]) async throws -> APIShop {
        let shop = try APIShop(workflows: [
            WorkflowText(
                """
                id: words
                version: 1
                commands: {place: {by: shop, data: {word: text}}}
                context: {word: text}
                status: word
                initial: open
                states: {open: {after: {end: {in: 30d, target: closed}}}, closed: {type: final}}
                """)
        ])
        for (number, word) in words.enumerated() {
            let text = String(decoding: JSON.text(word).bytes, as: UTF8.self)
            let placed = await shop.send(
                .init(
                    post: "/v1/orders", #"{"id":"o-\#(number)","workflow":"words","data":{"word":\#(text)}}"#,
                    [(.idempotencyKey, "\(number)"), (.role, "shop")]))
            #expect(placed.status == 201, "\(placed.text)")
        }
        return shop
    }

    @Test func `stay within their quotes whatever is in them`() async throws {
        let shop = try await shop(["a\"} 7", "b\\", "c\nwaybill_orders 9"])
        let metrics = try MetricLines(await shop.send(.init(get: "/metrics")).text)
        #expect(
            metrics["waybill_orders"] == [
                #"workflow="words",status="a\"} 7""#: 1, #"workflow="words",status="b\\""#: 1,
                #"workflow="words",status="c\nwaybill_orders 9""#: 1,
            ])
    }

    @Test func `are those of the most frequent alone, and the others are counted together`() async throws {
        let shop = try await shop((0..<210).map { "word \($0)" } + ["word 209", "word 209"])
        let orders = try MetricLines(await shop.send(.init(get: "/metrics")).text)["waybill_orders"]
        #expect(orders.count == 201, "\(orders.count)")
        #expect(orders["workflow=\"other\",status=\"other\""] == 10)
        #expect(orders["workflow=\"words\",status=\"word 209\""] == 3)
        #expect(orders.values.reduce(0, +) == 212)
    }
}
