import Foundation
import Testing
import Waybill

/// The program's own data.
struct Sale: Encodable {
    var buyer: String
    var sku: String
    var at: String
    var price_cents: Int
    var limit: Int
}

struct Payment: Codable, Equatable {
    var payment: String
    var amount_cents: Int
}

/// What the shop says of a paid order.
struct OrderPaid: Decodable {
    var order: String
    var status: String
    var data: Payment
}

@Suite struct `A program with its own types` {
    @Test func `gives and takes its own data`() async throws {
        let start = Date(timeIntervalSince1970: 1_764_000_000)
        let book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: .init(start))))
        try await book.messages.createGroup("ledger")
        try await book.submit(StockCommand(.receive(5), of: StockKey(sku: "phone")))
        let sale = Sale(buyer: "ann", sku: "phone", at: "", price_cents: 49_900, limit: 2)
        try await book.submit(OrderCommand("place", of: "order-7", data: sale, workflow: "flash-sale"))
        let payment = Payment(payment: "p-1", amount_cents: 49_900)
        let paid = try await book.submit(OrderCommand("pay", of: "order-7", data: payment))
        #expect(paid.version == 2)

        let topic = try #require(try await book.details(of: "order-7")?.last?.messages.first?.topic)
        let deliveries = try await book.messages.receive("ledger", Subscription(topic))
        let told = try #require(deliveries.last { $0.event == paid.position })
        let said = try told.decode(OrderPaid.self)
        #expect(said.order == "order-7" && said.data == payment && !said.status.isEmpty)
        #expect(throws: DecodingError.self) { try told.decode([Int].self) }

        book.advance(by: .init(.seconds(90)))
        #expect(book.now.date == start.addingTimeInterval(90))
    }

    @Test func `gives times and lengths of time as Swift and Foundation have them`() {
        #expect(OrderBook.Moment(Date(timeIntervalSince1970: 1.5)).milliseconds == 1_500)
        #expect(OrderBook.Moment(Date.distantFuture).date == Date.distantFuture)
        #expect(OrderBook.Moment(Date(timeIntervalSince1970: .infinity)).milliseconds == .max)
        #expect(OrderBook.Moment(Date(timeIntervalSince1970: -1e30)).milliseconds == .min)
        let clock = VirtualClock(start: .init(Date(timeIntervalSince1970: 0)))
        clock.move(to: clock.now.advanced(by: .init(.milliseconds(1_234) + .microseconds(900))))
        #expect(clock.now.milliseconds == 1_234)
    }

    @Test func `takes a plain message's body as it is`() async throws {
        let book = try OrderBook.inMemory(
            workflows: [], world: .virtual(VirtualClock(start: .init(Date(timeIntervalSince1970: 0)))))
        let messages = book.messages
        try await messages.createTopic("notes")
        try await messages.createGroup("readers")
        try await messages.send(NewMessage(to: "notes", body: Array(#"{"payment":"p","amount_cents":3}"#.utf8)))
        try await messages.send(NewMessage(to: "notes", body: Array("[1,2]".utf8)))
        try await messages.send(NewMessage(to: "notes", body: Array("no JSON".utf8)))
        let got = try await messages.receive("readers", Subscription("notes"))
        #expect(try got[0].decode() == Payment(payment: "p", amount_cents: 3))
        #expect(try got[1].decode([Int].self) == [1, 2])
        #expect(throws: DecodingError.self) { try got[2].decode(Payment.self) }
    }

    /// What a program has when it names a request, a message or a consumer: strings.
    @Test func `names everything by plain strings`() async throws {
        let book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: .init(Date(timeIntervalSince1970: 0)))))
        let messages = book.messages
        let (key, caller, role, lane) = (String("cart-42"), String("web"), String("shop"), String("grey"))
        let stocked = StockCommand(.receive(5), of: StockKey(sku: "phone"), key: key, caller: caller, note: lane)
        #expect(try await book.submit(stocked).isRepeat == false)
        #expect(try await book.submit(stocked).isRepeat)
        let data: OrderBook.JSON = ["buyer": "ann", "sku": "phone", "at": "", "price_cents": 100, "limit": 2]
        let placed = OrderCommand(
            "place", of: "order-7", data: data, workflow: "flash-sale", role: role, key: key + "-placed",
            caller: caller,
            trace: lane)
        #expect(try await book.submit(placed).isRepeat == false)
        #expect(try await book.submit(placed).isRepeat)
        var paid = try OrderCommand("pay", of: "order-7", data: Payment(payment: "p-1", amount_cents: 100), key: lane)
        paid.caller = caller
        try await book.submit(paid)
        let status = try #require(try await book.order("order-7")).status.string
        #expect(try await book.orders(OrderFilter(status: status)).elements.map(\.id) == ["order-7"])
        let buyers = OrderFilter(attributes: [.init(String("buyer"), String("ann"))])
        #expect(try await book.orders(buyers).elements.map(\.id) == ["order-7"])

        try await messages.createTopic("notes", TopicSettings(type: .mixed))
        try await messages.createGroup("readers")
        let soon = book.now.advanced(by: .hours(1))
        let note = NewMessage(
            to: "notes", body: [1], tag: caller, keys: [key], properties: [role: lane], deliverAt: soon, trace: lane)
        let handle = try #require(try await messages.send(note).recallHandle).string
        #expect(try await messages.reschedule(handle, of: "notes", to: soon) == soon)
        #expect(try await messages.recall(handle, of: "notes").text.string.isEmpty == false)
        try await messages.send(NewMessage(to: "notes", body: [2], tag: caller, keys: [key]))
        let options = Messages.ReceiveOptions(client: caller, lane: "", attempt: key)
        let got = try await messages.receive("readers", Subscription("notes", tags: caller), options)
        #expect(got.map(\.body) == [[2]])
        #expect(try await messages.find(key: key, in: "notes").count == 1)
        let prepared = try await messages.prepare(NewMessage(to: "notes", body: [3]), producer: caller)
        let transaction = prepared.transaction.string
        try await messages.resolve(transaction, of: "notes", .rollback)
        try await messages.leave("readers", client: caller)
        #expect(try await messages.closeLane(lane, .abandoned).lane.string == lane)
    }

    /// What was made is changed, and read, by plain strings too.
    @Test func `changes the texts of a request by plain strings`() async throws {
        let book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: .init(Date(timeIntervalSince1970: 0)))))
        let (key, tag) = (String("cart-42"), String("paid"))
        var note = NewMessage(to: "notes", body: [1])
        note.tag = tag
        note.keys.append(key)
        note.properties[tag] = key
        note.lane = String()
        note.trace = key
        note.messageGroup = nil
        #expect(note == NewMessage(to: "notes", body: [1], tag: tag, keys: [key], properties: [tag: key], trace: key))
        #expect(note.tag == tag && note.keys == [key] && note.properties == [tag: key] && note.trace == key)
        try await book.messages.createTopic("notes", TopicSettings(type: .mixed))
        let prepared = try await book.messages.prepare(note, forCommandOf: tag)
        #expect(try await book.messages.halfMessages().elements.map(\.id) == [prepared.id])
        var stocked = StockCommand(.receive(5), of: StockKey(sku: "phone"))
        stocked.key = key
        stocked.caller = tag
        stocked.note = key
        stocked.trace = nil
        #expect(try await book.submit(stocked).isRepeat == false)
        #expect(try await book.submit(stocked).isRepeat && stocked.caller == tag && stocked.note == key)
        var filter = OrderFilter(attributes: [.init(String("buyer"), String("ann"))])
        filter.status = tag
        filter.attributes[0].value = key
        #expect(filter.status == tag && filter.attributes.map(\.name) == ["buyer"])
        #expect(filter.attributes.map(\.value) == [key])
    }

    @Test func `switches over why a read or a change of workflows failed`() async throws {
        let book = try OrderBook.inMemory()
        let edition = try #require(try await book.workflowEditions().first)
        await book.close()
        do throws(StoreFailure) {
            _ = try await book.order("order-7")
            Issue.record("a closed book was read")
        } catch {
            #expect(error.code == .closed)
        }
        do throws(ActivationRefusal) {
            try await book.activate(edition)
            Issue.record("a closed book was changed")
        } catch {
            switch error {
            case .doesNotFit, .refused: Issue.record("\(error)")
            case .unreadable(let failure): #expect(failure.code == .closed)
            }
        }
        do throws(ActivationRefusal) {
            try await book.keepWorkflow(WorkflowText("id: ["))
            Issue.record("a text with findings was kept")
        } catch {
            guard case .doesNotFit(let error) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(!error.findings.isEmpty)
        }
        do throws(ListFailure) {
            _ = try await book.orders()
            Issue.record("a closed book was read")
        } catch {
            switch error {
            case .refused: Issue.record("\(error)")
            case .unreadable(let failure): #expect(failure.code == .closed)
            }
        }
    }

    @Test func `switches over why modules or jobs did not go on`() async throws {
        let book = try OrderBook.inMemory(world: .virtual(VirtualClock(start: .init(Date(timeIntervalSince1970: 0)))))
        try await book.install(
            HandlerModule("visits", [Subscription("order")], handle: { _, _, _ in }))
        try await book.messages.deleteGroup("visits")
        do throws(ModuleRunFailure) {
            try await book.runModules()
            Issue.record("a module without a group was given messages")
        } catch {
            switch error {
            case .refused(let refusal): #expect(refusal == .unknownGroup("visits"))
            case .followUpFailed: Issue.record("\(error)")
            }
        }
        await book.close()
        do throws(Refusal) {
            try await book.changeTimeouts(TimeoutChange(.cancel, "pay_due", where: OrderFilter()))
            Issue.record("a closed book was changed")
        } catch {
            guard case .failStopped = error else {
                Issue.record("\(error)")
                return
            }
        }
    }
}
