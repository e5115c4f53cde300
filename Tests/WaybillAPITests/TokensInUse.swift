import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine

/// A token that is used no more can be told from one that is.
@Suite struct `The last use of a token` {
    private let shop: APIShop

    init() throws { shop = try APIShop(workflows: []) }

    private func made() async throws -> (id: String, token: String) {
        let reply = await shop.send(
            .init(post: "/v1/tokens", #"{"name":"eye","grants":["viewer"],"reason":"a test"}"#))
        let json = try JSON(reading: reply.body)
        return (try #require(json["id"]?.asText), try #require(json["token"]?.asText))
    }

    private func lastUse() async throws -> JSON? {
        try JSON(reading: await shop.send(.init(get: "/v1/tokens")).body)["items"]?.elements?.first?["last_used_on"]
    }

    private func kept() throws -> Int64? { try shop.book.engine.accessTokens().first?.lastUsedOn }

    @Test func `is told by its day, and kept once a day without an event`() async throws {
        let made = try await made()
        #expect(try await lastUse() == .null)
        #expect(try kept() == nil)
        let written = shop.book.vitals.lastPosition
        #expect(await shop.send(.init(get: "/v1/topics"), token: made.token).status == 200)
        #expect(try await lastUse() == "2026-11-29")
        #expect(try kept() == 20_786)
        shop.book.advance(by: .hours(11))
        #expect(await shop.send(.init(get: "/v1/topics"), token: made.token).status == 200)
        #expect(try kept() == 20_786)
        shop.book.advance(by: .hours(1))
        #expect(await shop.send(.init(get: "/v1/topics"), token: made.token).status == 200)
        #expect(try await lastUse() == "2026-11-30")
        #expect(try kept() == 20_787)
        #expect(shop.book.vitals.lastPosition == written, "an event says that a token was used")
    }

    @Test func `is of a caller who is told whose it is and what it allows`() async throws {
        let made = try await made()
        let me = try JSON(reading: await shop.send(.init(get: "/v1/me"), token: made.token).body)
        #expect(me["name"]?.asText == "eye" && me["token"]?.asText == made.id, "\(me)")
        #expect(me["grants"] == ["viewer"], "\(me)")
    }

    @Test func `is none of a request that was refused at the door, and stays when the token is revoked`() async throws {
        let made = try await made()
        #expect(await shop.send(.init(get: "/v1/tokens"), token: made.token).status == 403)
        #expect(try await lastUse() == .null)
        #expect(await shop.send(.init(get: "/v1/topics"), token: made.token).status == 200)
        let revoked = await shop.send(.init(post: "/v1/tokens/\(made.id)/revoke", #"{"reason":"lost"}"#))
        #expect(revoked.text.contains(#""last_used_on":"2026-11-29""#), "\(revoked.text)")
        shop.book.advance(by: .days(2))
        #expect(await shop.send(.init(get: "/v1/topics"), token: made.token).status == 401)
        #expect(try await lastUse() == "2026-11-29")
    }

    @Test func `is read again with the file, whose rows are whole`() async throws {
        let made = try await made()
        await shop.send(.init(get: "/v1/topics"), token: made.token)
        let again = TokenTable(try shop.book.engine.accessTokens().compactMap { AccessToken($0) })
        #expect(again.all.first?.lastUsedOn == 20_786)
        #expect(!again.noteUse(of: Text(made.id), on: 20_786) && again.noteUse(of: Text(made.id), on: 20_787))
        await shop.send(.init(post: "/v1/tokens/\(made.id)/revoke", #"{"reason":"lost"}"#))
        #expect(try shop.book.engine.accessTokens().first?.lastUsedOn == 20_786)
        #expect(try shop.book.engine.store.read { try $0.damagedRows(of: .accessToken, limit: 10) }.isEmpty)
    }

    @Test func `is of one of ten thousand tokens that a file may hold, and one more is refused`() async throws {
        let shop = try APIShop(workflows: [])
        let now = shop.book.now
        try shop.book.engine.store.write { transaction in
            for number in 1...9_999 {
                try transaction.insert(
                    KeptToken(
                        id: Text(String("token-0000\(number + 100_000)".suffix(16))),
                        secretHash: Text(String(repeating: "0", count: 64)), name: "t", grants: "[]", createdAt: now,
                        createdBy: "eva", reason: "a test", expiresAt: now.advanced(by: .days(1))))
            }
        }
        let create = Example.Step(post: "/v1/tokens", #"{"name":"t","grants":["viewer"],"reason":"a test"}"#)
        #expect(await shop.send(create).status == 201)
        let refused = await shop.send(create)
        #expect(refused.code == "limit" && refused.text.contains(#""max":10000"#), "\(refused.text)")
    }
}
