import Fixtures
import Histories
import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

/// Who did what and why stands in the journal, in the write of the act.
@Suite struct `An act of an operator` {
    private struct Case: Sendable {
        let type: String
        let step: Example.Step
    }

    private static let why = "because of the strike"
    private static let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    private static let cases: [Case] = [
        Case(type: "$hold", step: post("/v1/timeouts/hold")),
        Case(type: "$release", step: post("/v1/timeouts/release")),
        Case(type: "$clock", step: post("/v1/clock/confirm")),
        Case(type: "$redrive", step: post("/v1/groups/shipping/dead-letters/redrive")),
        Case(type: "$look_back", step: post("/v1/groups/shipping/look-back", #""topic":"order","to":"oldest","#)),
        Case(type: "$lane", step: post("/v1/lanes/blue/close", #""end":"abandoned","#)),
        Case(type: "$topic", step: Example.Step(.put, "/v1/topics/cash", body: "{\"reason\":\"\(why)\"}")),
        Case(type: "$topic", step: Example.Step(.put, "/v1/topics/ledger", body: "{\"reason\":\"\(why)\"}")),
        Case(
            type: "$topic",
            step: Example.Step(.delete, "/v1/topics/ledger?reason=because%20of%20the%20strike")),
        Case(type: "$group", step: Example.Step(.put, "/v1/groups/audit", body: "{\"reason\":\"\(why)\"}")),
        Case(type: "$group", step: Example.Step(.put, "/v1/groups/shipping", body: "{\"reason\":\"\(why)\"}")),
        Case(type: "$group", step: Example.Step(.delete, "/v1/groups/shipping?reason=because+of+the+strike")),
        Case(type: "$timeout_by_hand", step: post("/v1/orders/order-7/timeouts/pay_due/extend", #""by":"1m","#)),
        Case(
            type: "$workflow",
            step: Example.Step(
                .put, "/v1/workflows/rental",
                body: ExampleShop.rental.body.replacing("\"}", with: "\",\"reason\":\"\(why)\"}"))),
        Case(type: "$token", step: post("/v1/tokens", #""name":"eye","grants":["viewer"],"#)),
    ]

    private static func post(_ target: String, _ more: String = "") -> Example.Step {
        Example.Step(
            .post, target, [(.traceparent, trace)],
            body: "{\(more)\"reason\":\"\(why)\"}")
    }

    /// A shop in which a case can happen.
    private func opened(for index: Int) async throws -> APIShop {
        let shop = try APIShop()
        for step in [
            ExampleShop.topic, ExampleShop.group, ExampleShop.stock, ExampleShop.place, ExampleShop.laneMessage,
        ] {
            await shop.send(step)
        }
        if Self.cases[index].type == "$release" { try await shop.book.holdTimeouts(because: "x") }
        return shop
    }

    /// What a check of a copy of the file finds, and a replay of it.
    private func findings(in shop: APIShop) async throws -> [String] {
        let directory = try TemporaryDirectory()
        let path = directory.file("copy.db")
        _ = try await shop.book.backup(to: path)
        return try findings(path, at: shop.book.now)
    }

    private func findings(_ path: String, at now: Moment) throws -> [String] {
        let found = try Verify().run(path).findings.map(\.description)
        let book = try OrderBook.look(path, at: now)
        defer { book.close() }
        let replay = Replay(book)
        let passes = [try replay.fold(), try replay.decide(), try replay.foldStock()]
        return found + passes.flatMap { $0.first.map(\.description) }
    }

    @Test(arguments: cases.indices)
    func `leaves a file that is sound`(index: Int) async throws {
        let shop = try await opened(for: index)
        let reply = await shop.send(Self.cases[index].step, as: Principal(name: "eva", grants: [.admin]))
        #expect((200..<300).contains(reply.status), "\(reply.text)")
        #expect(try await findings(in: shop) == [])
    }

    @Test func `leaves a file that is sound when it was to read bodies`() async throws {
        let shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.group, ExampleShop.message] { await shop.send(step) }
        let rita = Principal(name: "rita", grants: [.viewer, .payload])
        #expect(await shop.send(.init(get: "/v1/messages?topic=ledger"), as: rita).status == 200)
        // As the last release has written it.
        let values: RefusalValues = ["messages": .number(1), "stock": "x", "called": .number(2), "ids": .texts(["m"])]
        let act = Act("$payload_read", values)
        try await shop.book.engine.audit(act, by: Origin(caller: "rita", reason: ""))
        #expect(try shop.book.engine.audits(limit: 9).suffix(2).map(\.type) == ["$payload_read", "$payload_read"])
        #expect(try await findings(in: shop) == [])
    }

    @Test(arguments: cases.indices)
    func `is audited with who and why in its own write`(index: Int) async throws {
        let shop = try await opened(for: index)
        let (writes, position) = (shop.book.vitals.writes, shop.book.vitals.lastPosition)
        let reply = await shop.send(Self.cases[index].step, as: Principal(name: "eva", grants: [.admin]), from: "tcp")
        #expect((200..<300).contains(reply.status), "\(reply.text)")
        #expect(shop.book.vitals.writes == writes + 1)
        let audits = try shop.book.engine.audits(limit: 100).filter { $0.position > position }
        let found = audits.filter { $0.type.text.string == Self.cases[index].type }
        #expect(found.count == 1 && found.first?.caller == "eva")
        let body = String(decoding: found.first?.body ?? [], as: UTF8.self)
        #expect(body.contains("\"\(Self.why)\""), "\(body)")
        guard found.first?.type != "$timeout_by_hand" else { return }
        #expect(body.contains(#""from":"tcp""#) && body.contains(#""request":"r-1""#), "\(body)")
        #expect(index > 5 || found.first?.trace?.string == Self.trace)
    }

    @Test(arguments: [
        ("", ["$hold eva", "$release bob", "$hold bob"]), ("type=$hold", ["$hold eva", "$hold bob"]),
        ("caller=bob", ["$release bob", "$hold bob"]), ("type=$hold&caller=eva", ["$hold eva"]),
        ("from=2026-11-29T12:01:00Z", ["$release bob", "$hold bob"]), ("from=2026-11-29T12:01:00.001Z", ["$hold bob"]),
        ("order=oldest&limit=2", ["$hold eva", "$release bob"]),
        ("order=newest&limit=2", ["$hold bob", "$release bob"]),
        ("order=newest&caller=bob", ["$hold bob", "$release bob"]),
    ])
    func `is found by its type, its caller and its time`(query: String, expected: [String]) async throws {
        let shop = try APIShop(workflows: [])
        for (verb, name) in [("hold", "eva"), ("release", "bob"), ("hold", "bob")] {
            await shop.send(Self.post("/v1/timeouts/\(verb)"), as: Principal(name: Text(name), grants: [.operator]))
            shop.book.advance(by: .minutes(1))
        }
        let list = try JSON(reading: await shop.send(.init(get: "/v1/audit?\(query)")).body)
        let found = list["items"]?.elements?.map { "\($0["type"]?.asText ?? "") \($0["caller"]?.asText ?? "")" }
        #expect(found == expected)
    }

    @Test func `is listed once on the pages from the newest on, with none that comes meanwhile`() async throws {
        let shop = try APIShop(workflows: [])
        for _ in 1...3 {
            for verb in ["hold", "release"] { await shop.send(Self.post("/v1/timeouts/\(verb)")) }
        }
        let all = try shop.book.engine.audits(limit: 100).map(\.position.text)
        var (found, target): ([String], String?) = ([], "/v1/audit?order=newest&limit=4")
        while let next = target {
            let page = try JSON(reading: await shop.send(.init(get: next)).body)
            found += page["items"]?.elements?.compactMap { $0["event"]?.asText } ?? []
            target = page["next"]?.asText.map { "/v1/audit?order=newest&limit=4&cursor=\($0)" }
            await shop.send(Self.post("/v1/timeouts/hold"))
        }
        #expect(found == all.reversed() && all.count == 6)
    }

    @Test func `that is refused is not audited`() async throws {
        let shop = try APIShop(workflows: [])
        #expect(await shop.send(Self.post("/v1/groups/none/dead-letters/redrive")).code == "unknown_group")
        #expect(try shop.book.engine.audits(limit: 100).allSatisfy { $0.type != "$redrive" })
    }

    @Test func `is no event of who only sends and consumes`() async throws {
        let shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.group] { await shop.send(step) }
        let position = shop.book.vitals.lastPosition
        for step in [ExampleShop.message, ExampleShop.receiveBooking, ExampleShop.half] {
            #expect(await (200..<300).contains(shop.send(step).status))
        }
        #expect(shop.book.vitals.lastPosition == position)
    }
}
