import Fixtures
import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine

/// Streams without sockets, in a world where nothing goes on by itself: what wakes one is a commit.
@Suite(.timeLimit(.minutes(1))) struct `A stream` {
    private let shop: APIShop

    init() async throws {
        shop = try APIShop()
        await shop.send(ExampleShop.stock)
        await shop.send(ExampleShop.place)
    }

    private func open(
        _ target: String, lastID: String? = nil, as principal: Principal? = .owner, token: String? = nil
    ) async -> Reply {
        let headers = lastID.map { [(RequestHeader.lastEventID, $0)] } ?? []
        return await shop.send(Example.Step(.get, target, headers), as: principal, token: token)
    }

    private func stream(_ target: String, lastID: String? = nil) async throws -> EventStream {
        let reply = await open(target, lastID: lastID)
        return try #require(reply.stream, "\(reply.status) \(reply.text)")
    }

    /// Reads items until there are as many.
    private func items(_ count: Int, of stream: EventStream) async throws -> [EventStream.Item] {
        var found: [EventStream.Item] = []
        while found.count < count { found += try #require(await stream.next(), "\(found.count) of \(count)") }
        return found
    }

    /// Waits in another task until the stream tells something, and does something as soon as it waits.
    private func told(
        _ stream: EventStream, by act: () async throws -> Void
    ) async rethrows -> [EventStream.Item]? {
        let next = Task { await stream.next() }
        while !stream.isAwaited { await Task.yield() }
        try await act()
        return await next.value
    }

    @Test func `begins with what its client lacks, and goes on when something is committed`() async throws {
        let stream = try await stream("/v1/events/stream?after=e1")
        #expect(try await items(1, of: stream).map(\.id) == ["e2"])
        let paid = await told(stream) { await shop.send(ExampleShop.pay) }
        #expect(paid?.map(\.name) == ["event"] && paid?.map(\.id) == ["e3"])
        #expect(try paid?.first?.json["order"]?.asText == "order-7")
    }

    @Test func `says where it is when its client names no event, so that nothing is lost before the first`()
        async throws
    {
        let first = try await stream("/v1/events/stream")
        let place = try await items(1, of: first)
        #expect(place.map(\.id) == ["e2"] && place.map(\.name) == [nil])
        await shop.send(ExampleShop.pay)
        let again = try await stream("/v1/events/stream", lastID: "e2")
        #expect(try await items(1, of: again).map(\.id) == ["e3"])
    }

    @Test func `goes on after the event of the header, whatever the query says`() async throws {
        await shop.send(ExampleShop.pay)
        let stream = try await stream("/v1/events/stream?after=e1", lastID: "e2")
        #expect(try await items(1, of: stream).map(\.id) == ["e3"])
    }

    @Test(arguments: ["e9", "e99999999999", "elsewhere", "done"])
    func `tells of a gap when its client names an event that is not there`(id: String) async throws {
        for target in ["/v1/events/stream", "/v1/orders/order-7/stream"] {
            let stream = try await stream(target, lastID: id)
            let gap = try await items(1, of: stream)[0]
            #expect(gap.name == "gap" && gap.id == "e2")
            #expect(try gap.json["after"]?.asText == id)
        }
        let after = await open("/v1/events/stream?after=\(id)")
        #expect(id.hasPrefix("e9") ? after.stream != nil : after.code == "bad_parameter")
    }

    @Test func `of an order tells its events once, however its reader comes again, and how it is after them`()
        async throws
    {
        let first = try await stream("/v1/orders/order-7/stream?after=e0")
        let begin = try await items(2, of: first)
        #expect(begin.map(\.name) == ["event", "order"] && begin.map(\.id) == ["e2", nil])
        #expect(try begin[1].json["version"]?.asInt == 1)
        let paid = await told(first) {
            await shop.send(ExampleShop.buy)
            await shop.send(ExampleShop.pay)
        }
        #expect(paid?.map(\.name) == ["event", "order"] && paid?.map(\.id) == ["e5", nil])
        let again = try await stream("/v1/orders/order-7/stream", lastID: "e3")
        #expect(try await items(2, of: again).map(\.id) == ["e5", nil])
    }

    @Test func `of an order begins with how it is when its client names no event`() async throws {
        let stream = try await stream("/v1/orders/order-7/stream")
        let begin = try await items(1, of: stream)
        #expect(begin.map(\.name) == ["order"] && begin.map(\.id) == ["e2"])
        let paid = await told(stream) { await shop.send(ExampleShop.pay) }
        #expect(paid?.map(\.id) == ["e3", nil])
    }

    @Test func `of an order ends with it, and is not begun again after that`() async throws {
        await shop.send(ExampleShop.rental)
        let book = #"{"id":"ride-1","workflow":"rental","command":"book","data":{"bicycle":"red"}}"#
        let booked = await shop.send(
            Example.Step(post: "/v1/orders", book, [(.role, "rider"), (.idempotencyKey, "ride")]))
        #expect(booked.status == 201, "\(booked.text)")
        let stream = try await stream("/v1/orders/ride-1/stream?after=e0")
        #expect(try await items(2, of: stream).map(\.id) == ["e4", nil])
        let last = await told(stream) {
            await shop.send(Example.Step(post: "/v1/orders/ride-1/commands/return", "{}", [(.role, "rider")]))
        }
        #expect(last?.map(\.name) == ["event", "order", "end"])
        #expect(try last?[1].json["finished"] == .bool(true))
        #expect(await stream.next() == nil)
        #expect(await open("/v1/orders/ride-1/stream", lastID: "e5").status == 204)
        #expect(await open("/v1/orders/ride-1/stream").status == 204)
        let late = try await self.stream("/v1/orders/ride-1/stream", lastID: "e4")
        #expect(try await items(3, of: late).map(\.name) == ["event", "order", "end"])
        #expect(await open("/v1/orders/order-9/stream").code == "unknown_order")
    }

    @Test func `ends with a farewell when the server stops, also one that is begun then`() async throws {
        let stream = try await stream("/v1/events/stream?after=e2")
        let bye = await told(stream) { shop.api.served.become(.stopping) }
        #expect(bye?.map(\.name) == ["bye"])
        #expect(await stream.next() == nil)
        let late = try await self.stream("/v1/events/stream?after=e2")
        #expect(await late.next()?.map(\.name) == ["bye"])
    }

    @Test func `ends with a farewell when the book is closed`() async throws {
        let stream = try await stream("/v1/events/stream?after=e2")
        #expect(await told(stream) { shop.book.close() }?.map(\.name) == ["bye"])
    }

    /// The id of a new token, and its text.
    private func token(_ grants: String, expiresIn: String = "90d") async throws -> (id: String, text: String) {
        let body = #"{"name":"web","grants":["\#(grants)"],"expires_in":"\#(expiresIn)","reason":"a test"}"#
        let json = try JSON(reading: await shop.send(.init(post: "/v1/tokens", body)).body)
        return (try #require(json["id"]?.asText), try #require(json["token"]?.asText))
    }

    @Test func `ends when its token is revoked, and no other one`() async throws {
        let (id, text) = try await token("viewer")
        let other = try await token("viewer")
        let reply = await open("/v1/events/stream?after=e4", as: nil, token: text)
        let stream = try #require(reply.stream)
        let beside = try #require(await open("/v1/events/stream?after=e4", as: nil, token: other.text).stream)
        let revoke = Example.Step(post: "/v1/tokens/\(id)/revoke", #"{"reason":"it was lost"}"#)
        let end = await told(stream) { await shop.send(revoke) }
        #expect(end == nil || end?.map(\.name) == ["event"])
        #expect(await stream.next() == nil)
        let paid = await told(beside) { await shop.send(ExampleShop.pay) }
        #expect(paid?.map(\.id) == ["e6"])
        #expect(await open("/v1/events/stream", as: nil, token: text).code == "unauthenticated")
    }

    @Test func `ends when its token expires`() async throws {
        let (_, text) = try await token("viewer", expiresIn: "1h")
        let stream = try #require(await open("/v1/events/stream?after=e3", as: nil, token: text).stream)
        stream.checkToken()
        #expect(!stream.isEnding)
        let end = await told(stream) {
            shop.book.engine.world.virtualClock?.move(to: APIShop.noon.advanced(by: .hours(1)))
            stream.checkToken()
        }
        #expect(end == nil)
    }

    @Test func `is open to who may see what it tells`() async throws {
        let buyer = try await token("orders:buyer")
        #expect(await open("/v1/orders/order-7/stream", as: nil, token: buyer.text).stream != nil)
        #expect(await open("/v1/events/stream", as: nil, token: buyer.text).code == "forbidden")
        #expect(await open("/v1/overview/stream", as: nil, token: buyer.text).code == "forbidden")
    }

    @Test func `tells of acts of operators to operators only, and of nothing less to others`() async throws {
        let viewer = try await token("viewer")
        await shop.send(ExampleShop.pay)
        let reply = await open("/v1/events/stream?after=e0", as: nil, token: viewer.text)
        #expect(try await items(3, of: try #require(reply.stream)).map(\.id) == ["e1", "e2", "e4"])
        let all = try await stream("/v1/events/stream?after=e0")
        #expect(try await items(4, of: all).map(\.id) == ["e1", "e2", "e3", "e4"])
        let list = await open("/v1/events", as: nil, token: viewer.text)
        let items = try JSON(reading: list.body)["items"]?.elements ?? []
        #expect(items.map { $0["kind"]?.asText } == ["stock", "order", "order"])
    }

    @Test func `leaves nothing behind when its writer lets it go`() async throws {
        let before = shop.api.served.streams.count
        do {
            let first = try await stream("/v1/events/stream")
            let second = try await stream("/v1/orders/order-7/stream")
            #expect(shop.api.served.streams.count == before + 2 && shop.book.engine.feed.followerCount == 2)
            first.close()
            first.close()
            #expect(shop.api.served.streams.count == before + 1 && second.isEnding == false)
        }
        #expect(shop.api.served.streams.count == before && shop.book.engine.feed.followerCount == 0)
    }

    @Test func `answers nothing to a look, and reads nothing for it`() async throws {
        let stream = try await stream("/v1/events/stream?after=e2")
        #expect(await told(stream) { stream.look() } == [])
        let paid = await told(stream) {
            stream.look()
            await shop.send(ExampleShop.pay)
        }
        let later = paid?.isEmpty == true ? await stream.next() : paid
        #expect(later?.map(\.id) == ["e3"])
    }

    @Test func `of the overview tells at most once for each look, and only what has changed`() async throws {
        let stream = try await stream("/v1/overview/stream")
        #expect(try await items(1, of: stream).map(\.name) == ["vitals"])
        #expect(await told(stream) { stream.look() } == [])
        await shop.send(ExampleShop.pay)
        let next = await told(stream) { stream.look() }
        #expect(next?.map(\.name) == ["vitals"])
        #expect(try next?.first?.json["event"]?.asText == "e3")
    }

    /// Reading a row for each workflow and status once a second for each of them is more work the more there are.
    @Test func `of the overview reads the numbers of orders once a second, however many there are`() async throws {
        func counts(_ item: EventStream.Item?) throws -> String {
            let json = try #require(try item?.json)
            let orders = try #require(json["orders"]?.elements).map { order in
                "\(order["status"]?.asText ?? ""): \(order["orders"]?.asInt ?? -1)"
            }
            return "\(json["orders_as_of"]?.asText ?? "") \(orders)"
        }
        let first = try await stream("/v1/overview/stream")
        let then = try counts(try await items(1, of: first).first)
        #expect(then.hasPrefix("e2 "))
        await shop.send(ExampleShop.pay)
        let second = try await stream("/v1/overview/stream")
        #expect(try counts(try await items(1, of: second).first) == then)
        shop.book.advance(by: .seconds(1))
        for stream in [first, second] {
            let told = await told(stream) { stream.look() }
            #expect(try counts(told?.first).hasPrefix("e3 "))
        }
        let page = try JSON(reading: await shop.send(.init(get: "/v1/overview")).body)
        #expect(page["orders_as_of"]?.asText == "e3")
    }

    @Test func `of an operation ends with it, and is not begun again after that`() async throws {
        let change = #"""
            {"name":"pay_due","action":{"extend":"15m"},"filter":{"status":"awaiting payment"},"reason":"a strike"}
            """#
        let made = await shop.send(.init(post: "/v1/operations/timeouts", change))
        #expect(made.status == 202, "\(made.text)")
        let stream = try await stream("/v1/operations/o1/stream")
        let told = try await items(2, of: stream)
        #expect(told.map(\.name) == ["progress", "end"])
        #expect(try told[0].json["state"]?.asText == "done")
        let id = try #require(told[0].id?.string)
        #expect(await open("/v1/operations/o1/stream", lastID: id).status == 204)
        #expect(await open("/v1/operations/o2/stream").code == "unknown_operation")
    }

    private static let walk = #"""
        id: walk
        version: 1
        commands:
          start: {by: walker, data: {note: optional text}}
          step: {by: walker, data: {\#((1...20).map { "n\($0): optional text" }.joined(separator: ", "))}}
          end: {by: walker}
        context: {steps: count}
        initial: on
        states:
          on: {on: {step: {actions: [{assign: {steps: steps + 1}}]}, end: done}}
          done: {type: final}
        """#

    private func walk(_ command: String, _ body: String = "{}") async {
        let reply = await shop.send(
            Example.Step(post: "/v1/orders/w-1/commands/\(command)", body, [(.role, "walker")]))
        #expect(reply.status == 200, "\(reply.text)")
    }

    private func beginWalk() async throws {
        try await shop.book.keepWorkflow(WorkflowText(Self.walk), activates: true)
        let body = #"{"id":"w-1","workflow":"walk","command":"start","data":{}}"#
        let begun = await shop.send(
            Example.Step(post: "/v1/orders", body, [(.role, "walker"), (.idempotencyKey, "walk")]))
        #expect(begun.status == 201, "\(begun.text)")
    }

    /// It told how an order is only after a read that had found events and no more: here the next read finds none.
    @Test func `of an order of just as many events as are read at a time has its end`() async throws {
        try await beginWalk()
        for _ in 2..<64 { await walk("step") }
        await walk("end")
        let stream = try await stream("/v1/orders/w-1/stream?after=e0")
        let items = try await items(66, of: stream)
        #expect(items.map(\.name) == [String](repeating: "event", count: 64) + ["order", "end"])
    }

    @Test func `of an order tells how it is after an event that is as large as is written at a time`() async throws {
        try await beginWalk()
        let stream = try await stream("/v1/orders/w-1/stream")
        #expect(try await items(1, of: stream).map(\.name) == ["order"])
        let note = String(repeating: "x", count: 4_000)
        await walk("step", "{\((1...20).map { "\"n\($0)\":\"\(note)\"" }.joined(separator: ","))}")
        #expect(try await items(2, of: stream).map(\.name) == ["event", "order"])
    }

    /// Places in what was read last were reckoned from the numbers of events: behind a gap there was none.
    @Test func `of the journal goes on behind a gap of a damaged file`() async throws {
        let file = try TemporaryDirectory()
        let path = file.file("shop.db")
        let whole = try APIShop(file: path)
        for number in 1...5 {
            let body = #"{"quantity":100}"#
            await whole.send(
                Example.Step(.post, "/v1/stock/mug/receive", [(.idempotencyKey, "delivery-\(number)")], body: body))
        }
        let last = whole.book.vitals.lastPosition.number
        #expect(last == 5)
        await whole.book.close()
        try sqlite(path, "DELETE FROM event WHERE position IN (2, 3)")
        let damaged = try APIShop(file: path)
        defer { damaged.book.close() }
        func items(_ count: Int, after: String) async throws -> [Text?] {
            let reply = await damaged.send(Example.Step(.get, "/v1/events/stream?after=\(after)", []))
            return try await self.items(count, of: try #require(reply.stream, "\(reply.text)")).map(\.id)
        }
        #expect(try await items(3, after: "e0") == ["e1", "e4", "e5"])
        #expect(try await items(1, after: "e4") == ["e5"])
        #expect(try await items(2, after: "e2") == ["e4", "e5"])
    }

    @Test func `is one of as many as may be, of one caller and of all together`() async throws {
        var settings = ServingSettings()
        settings.streams.all = 3
        settings.streams.ofOne = 2
        let api = API(try Served(ServedBook(shop.book), tokens: TokenTable([]), settings: settings))
        func ask(as name: Text) async throws -> Reply {
            let head = API.Head(
                method: "GET", target: "/v1/events/stream", headers: CallHeaders(),
                principal: Principal(name: name, grants: [.viewer]))
            return await api.answer(try api.admit(head, requestID: "r-1"), body: [])
        }
        var kept = [try await ask(as: "ann"), try await ask(as: "ann")]
        #expect(kept.allSatisfy { $0.stream != nil })
        let third = try await ask(as: "ann")
        #expect(third.status == 503, "\(third.text)")
        #expect(third.text.contains(#""limit":"streams of one caller","max":2"#), "\(third.text)")
        kept.append(try await ask(as: "bob"))
        #expect(kept.last?.stream != nil, "another caller has room")
        let fourth = try await ask(as: "eve")
        #expect(fourth.status == 503 && fourth.text.contains(#""limit":"streams","max":3"#), "\(fourth.text)")
        kept.removeFirst().stream?.close()
        #expect(try await ask(as: "eve").stream != nil, "one that ends makes room")
    }
}
