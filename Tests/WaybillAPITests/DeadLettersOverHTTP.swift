import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine

/// What a group has given up is looked at, given back or deleted.
@Suite struct `A dead letter over HTTP` {
    private let shop: APIShop
    private static let letters = "/v1/groups/shipping/dead-letters"

    /// Three messages that died: two of them because of an address.
    init() async throws {
        shop = try APIShop(workflows: [])
        for step in [ExampleShop.topic, ExampleShop.group] { await shop.send(step) }
        for (id, why) in [("a", "no such address"), ("b", "no printer"), ("c", "no such address")] {
            try await kill(id, because: why)
            shop.book.advance(by: .minutes(1))
        }
    }

    private func kill(_ id: String, because why: String) async throws {
        await shop.send(
            Example.Step(
                .post, "/v1/topics/ledger/messages", [(.idempotencyKey, id)],
                body: "{\"id\":\"\(id)\",\"keys\":[\"secret\"],\"data\":{\"marker\":\"\(id)\"}}"))
        try await receiveAndGiveUp(because: why)
    }

    private func receiveAndGiveUp(because why: String) async throws {
        let received = await shop.send(
            .init(post: "/v1/groups/shipping/receive", #"{"topic":"ledger","client":"c"}"#))
        let receipt = try #require(
            try JSON(reading: received.body)["items"]?.elements?.first?["receipt"]?.asText, "\(received.text)")
        let gone = await shop.send(
            .init(
                post: "/v1/groups/shipping/dead-letter", "{\"receipts\":[\"\(receipt)\"],\"why\":\"\(why)\"}"))
        #expect(gone.text.contains("done"))
    }

    private func states() async throws -> [String] {
        let list = try JSON(reading: await shop.send(.init(get: Self.letters)).body)
        return list["items"]?.elements?.map { "\($0["id"]?.asText ?? "") \($0["state"]?.asText ?? "")" } ?? []
    }

    private func redrive(_ more: String) async throws -> (reply: Reply, json: JSON) {
        let reply = await shop.send(.init(post: "\(Self.letters)/redrive", "{\(more),\"reason\":\"mended\"}"))
        return (reply, try JSON(reading: reply.body))
    }

    @Test func `is listed page by page`() async throws {
        let first = try JSON(reading: await shop.send(.init(get: "\(Self.letters)?limit=2")).body)
        #expect(first["items"]?.elements?.count == 2)
        let cursor = try #require(first["next"]?.asText)
        let second = try JSON(reading: await shop.send(.init(get: "\(Self.letters)?limit=2&cursor=\(cursor)")).body)
        #expect(second["items"]?.elements?.map { $0["id"]?.asText } == ["c"])
        #expect(await shop.send(.init(get: "/v1/groups/none/dead-letters")).code == "unknown_group")
    }

    @Test func `shows its body to those who may read it, and that is audited`() async throws {
        let looker = Principal(name: "eve", grants: [.viewer])
        let reader = Principal(name: "rita", grants: [.viewer, .payload])
        let seen = await shop.send(.init(get: "\(Self.letters)/b"), as: looker)
        #expect(seen.status == 200 && seen.text.contains("no printer") && !seen.text.contains("marker"))
        #expect(try audits("$payload_read").isEmpty)
        #expect(await shop.send(.init(get: "\(Self.letters)/b"), as: reader).text.contains("marker"))
        #expect(try audits("$payload_read").map(\.caller) == ["rita"])
        #expect(await shop.send(.init(get: "\(Self.letters)/z")).code == "unknown_message")
    }

    private func audits(_ type: EventName) throws -> [EventView] {
        try shop.book.engine.audits(limit: 100).filter { $0.type == type }
    }

    @Test func `that is deleted is gone: no list has it, nothing gives it back, and its place stays`() async throws {
        let deleted = await shop.send(
            .init(post: "\(Self.letters)/b/delete", #"{"reason":"a test order"}"#),
            as: Principal(name: "eva", grants: [.operator]))
        #expect(deleted.status == 204)
        #expect(try await states() == ["a dead", "c dead"])
        #expect(await shop.send(.init(get: "\(Self.letters)/b")).code == "unknown_message")
        #expect(await shop.send(.init(post: "\(Self.letters)/b/delete", #"{"reason":"x"}"#)).code == "unknown_message")
        #expect(try await redrive(#""limit":10"#).json["redriven"]?.asInt == 2)
        let audit = try #require(try audits("$dead_letter_deleted").first)
        #expect(audit.caller == "eva" && String(decoding: audit.body, as: UTF8.self).contains("a test order"))
        let found = try JSON(reading: await shop.send(.init(get: "/v1/messages?key=secret")).body)
        let letters = try #require(found["items"]?.elements).filter { $0["topic"]?.asText == "%DLQ%shipping" }
        #expect(letters.compactMap { $0["data"]?["marker"]?.asText }.sorted() == ["a", "c"])
        let copies = try await shop.book.messages.find(in: "%DLQ%shipping", from: APIShop.noon, limit: 10)
        #expect(copies.map { String(decoding: $0.body, as: UTF8.self) }.filter { $0.contains("\"b\"") }.isEmpty)
        #expect(copies.count == 3, "its place stays, so that a queue has no hole")
    }

    @Test func `is one message by its id, also when the original is in the index of keys`() async throws {
        while try shop.book.engine.maintain() {}
        let shown = try JSON(reading: await shop.send(.init(get: "\(Self.letters)/b")).body)
        #expect(shown["items"]?.elements?.count == 1)
        #expect(try await redrive(#""ids":["b"]"#).json["redriven"]?.asInt == 1)
        #expect(try await states() == ["a dead", "b given_back", "c dead"])
    }

    @Test func `that its producer sent again and again with large bodies is shown page by page`() async throws {
        let text = String(repeating: "x", count: 3_000_000)
        for number in 1...3 {
            await shop.send(
                Example.Step(
                    .post, "/v1/topics/ledger/messages", [(.idempotencyKey, "big-\(number)")],
                    body: "{\"id\":\"big\",\"data\":\"\(text)\"}"))
            try await receiveAndGiveUp(because: "\(number)")
            shop.book.advance(by: .minutes(1))
        }
        let eve = Principal(name: "eve", grants: [.viewer])
        var (pages, cursor): ([[String]], String?) = ([], "")
        while let after = cursor, pages.count < 9 {
            let next = after.isEmpty ? "" : "?cursor=\(after)"
            let page = try JSON(reading: await shop.send(.init(get: "\(Self.letters)/big\(next)"), as: eve).body)
            pages.append(page["items"]?.elements?.compactMap { $0["why"]?.asText } ?? [])
            cursor = page["next"]?.asText
        }
        #expect(pages == [["2", "3"], ["1"]], "the newest page first, and no body is in it")
        let shown = await shop.send(.init(get: "/v1/messages/big"), as: eve)
        #expect(shown.text.contains("\"stored_at\":\"2026-11-29T12:03:00Z\""), "the first: \(shown.text)")
        let trace = try JSON(reading: await shop.send(.init(get: "/v1/messages/big/trace"), as: eve).body)
        #expect(trace["items"]?.elements?.count == 3)
        #expect(try await redrive(#""ids":["big"],"limit":9"#).reply.code == "bad_data")
        #expect(try await redrive(#""ids":["big"]"#).json["redriven"]?.asInt == 3)
    }

    @Test func `is deleted once under a key, with the ways by which it is found`() async throws {
        while try shop.book.engine.maintain() {}
        let delete = Example.Step(
            .post, "\(Self.letters)/a/delete", [(.idempotencyKey, "gone-a")], body: #"{"reason":"a test order"}"#)
        #expect(await shop.send(delete).status == 204)
        #expect(try await states() == ["b dead", "c dead"])
        let again = await shop.send(delete)
        #expect(again.status == 204 && again.headers.contains { $0.name == "idempotency-replayed" })
        let found = try JSON(reading: await shop.send(.init(get: "/v1/messages?key=secret")).body)
        let letters = try #require(found["items"]?.elements).filter { $0["topic"]?.asText == "%DLQ%shipping" }
        #expect(letters.compactMap { $0["data"]?["marker"]?.asText }.sorted() == ["b", "c"], "\(found)")
    }

    @Test func `that was given back is deleted only when it has died again`() async throws {
        #expect(try await redrive(#""ids":["b"]"#).json["redriven"]?.asInt == 1)
        #expect(try await states() == ["a dead", "b given_back", "c dead"])
        let delete = Example.Step(post: "\(Self.letters)/b/delete", #"{"reason":"x"}"#)
        #expect(await shop.send(delete).code == "not_for_this_group")
        try await receiveAndGiveUp(because: "still no printer")
        #expect(try await states() == ["a dead", "b dead", "c dead"])
        #expect(await shop.send(delete).status == 204)
        #expect(try await states() == ["a dead", "c dead"])
        #expect(try await redrive(#""limit":10"#).json["redriven"]?.asInt == 2)
    }

    @Test func `comes again by its id, and one that is not there refuses all of the request`() async throws {
        #expect(try await redrive(#""ids":["a","z"]"#).reply.code == "unknown_message")
        #expect(try await states().allSatisfy { $0.hasSuffix("dead") })
        #expect(try await redrive(#""ids":["c","a"]"#).json["redriven"]?.asInt == 2)
        #expect(try await states() == ["a given_back", "b dead", "c given_back"])
        #expect(try await redrive(#""ids":["a"],"limit":1"#).reply.code == "bad_data")
    }

    @Test(arguments: [
        ("", ["a", "b", "c"]), (#""topic":"ledger""#, ["a", "b", "c"]), (#""topic":"cash""#, []),
        (#""why":"printer""#, ["b"]), (#""died_from":"2026-11-29T12:01:00Z""#, ["b", "c"]),
        (#""died_from":"2026-11-29T12:01:00.001Z""#, ["c"]), (#""died_to":"2026-11-29T12:01:00Z""#, ["a", "b"]),
        (#""died_to":"2026-11-29T12:00:59.999Z""#, ["a"]),
        (#""why":"address","died_from":"2026-11-29T12:00:30Z""#, ["c"]),
    ])
    func `is found by each part of a filter, also by a server that goes on`(filter: String, ids: [String]) async throws
    {
        let dry = try await redrive("\"filter\":{\(filter)},\"dry_run\":true")
        #expect(dry.json["sample"]?.elements?.compactMap { $0.asText } == ids, "\(dry.reply.text)")
        // What a server has begun is read from its row by the next one.
        var asked = BulkRedrive("shipping")
        let fields = try JSON(reading: Array("{\(filter)}".utf8))
        asked.topic = fields["topic"]?.asText.map { TopicName(Text($0)) }
        asked.why = fields["why"]?.asText.map { Text($0) }
        asked.from = fields["died_from"]?.asText.flatMap { Moment(iso8601: Text($0)) }
        asked.to = fields["died_to"]?.asText.flatMap { Moment(iso8601: Text($0)) }
        let origin = Origin(caller: "eva", reason: "mended")
        _ = try await shop.book.engine.start(asked, by: origin, runningMax: 4) { _ in "{}" }
        // What dies after its start is none of its letters.
        try await kill("d", because: "no such address, no printer")
        try await ServedBook(shop.book).continueOperations()
        let given = try await states().filter { $0.hasSuffix("given_back") }.map { String($0.prefix(1)) }
        #expect(given == ids)
    }

    @Test func `comes again as often as the limit says`() async throws {
        #expect(try await redrive(#""limit":2"#).json["redriven"]?.asInt == 2)
        #expect(try await states() == ["a given_back", "b given_back", "c dead"])
    }

    @Test func `that a filter finds comes again by an operation, which tells first what it would do`() async throws {
        let filter = #""filter":{"why":"address","died_to":"2026-11-29T12:02:00Z","topic":"ledger"}"#
        let dry = try await redrive("\(filter),\"dry_run\":true")
        #expect(dry.reply.text == #"{"dry_run":true,"letters":2,"sample":["a","c"]}"#)
        #expect(try await states().allSatisfy { $0.hasSuffix("dead") })
        let step = Example.Step(
            .post, "\(Self.letters)/redrive", [(.idempotencyKey, "once")], body: "{\(filter),\"reason\":\"mended\"}")
        let started = await shop.send(step)
        #expect(started.status == 202, "\(started.text)")
        #expect(await shop.send(step).text == started.text)
        #expect(try await states() == ["a given_back", "b dead", "c given_back"])
        let shown = try JSON(reading: await shop.send(.init(get: "/v1/operations/o1")).body)
        #expect(shown["state"]?.asText == "done" && shown["changed"]?.asInt == 2)
        #expect(shown["kind"]?.asText == "redrive" && shown["group"]?.asText == "shipping")
        let begun = try audits("$operation").map { String(decoding: $0.body, as: UTF8.self) }
        #expect(begun.count == 1 && begun[0].contains("mended") && begun[0].contains("shipping"), "\(begun)")
        let listed = try JSON(reading: await shop.send(.init(get: "/v1/operations")).body)
        #expect(listed["items"]?.elements?.count == 1)
        let rest = try await redrive(#""filter":{"topic":"ledger"},"dry_run":true"#)
        #expect(rest.reply.text == #"{"dry_run":true,"letters":1,"sample":["b"]}"#, "what was given back is not there")
        let none = try await redrive(#""filter":{"topic":"cash"}"#)
        #expect(none.reply.status == 202)
        #expect(try await states() == ["a given_back", "b dead", "c given_back"], "none was sent to that topic")
        #expect(
            await shop.send(.init(post: "/v1/groups/none/dead-letters/redrive", #"{"filter":{},"reason":"x"}"#)).code
                == "unknown_group")
    }
}
