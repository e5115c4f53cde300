import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore

/// A request that waits, whose token is not valid any more when something comes.
@Suite struct `A wait whose token is taken away` {
    private let shop: APIShop

    init() throws { shop = try APIShop() }

    private func token(_ more: String = "") async throws -> (id: String, token: String) {
        for step in [ExampleShop.topic, ExampleShop.group] { await shop.send(step) }
        let reply = await shop.send(
            .init(
                post: "/v1/tokens",
                "{\"name\":\"desk\",\"grants\":[\"consumer:shipping\",\"payload\"],\"reason\":\"a test\"\(more)}"))
        let json = try JSON(reading: reply.body)
        return (try #require(json["id"]?.asText), try #require(json["token"]?.asText))
    }

    /// A receive whose head was found right.
    private func admitted(_ token: String, hasAttempt: Bool = true) throws -> (Admission, [UInt8]) {
        let step = ExampleShop.receiveBooking
        let body = hasAttempt ? step.body : step.body.replacing(#","attempt":"a-901""#, with: "")
        #expect(body.contains("attempt") == hasAttempt)
        var headers = CallHeaders()
        headers.add(.authorization, "Bearer \(token)")
        headers.add(.contentType, "application/json")
        headers.add(.contentLength, "\(body.utf8.count)")
        let head = API.Head(method: step.method.rawValue, target: step.target, headers: headers)
        return (try shop.api.admit(head, requestID: "r-2"), Array(body.utf8))
    }

    @Test(arguments: [true, false])
    func `gets nothing, and what it would have got goes to others`(hasAttempt: Bool) async throws {
        let made = try await token()
        let (admission, body) = try admitted(made.token, hasAttempt: hasAttempt)
        let revoked = await shop.send(.init(post: "/v1/tokens/\(made.id)/revoke", #"{"reason":"lost"}"#))
        #expect(revoked.status == 200)
        await shop.send(ExampleShop.message)
        let reply = await shop.api.answer(admission, body: body)
        #expect(reply.status == 401 && reply.code == "unauthenticated", "\(reply.text)")
        #expect(!reply.text.contains("booking-9"))
        let others = await shop.send(ExampleShop.receiveBooking)
        #expect(others.text.contains("booking-9") && others.text.contains(#""attempt":1"#), "\(others.text)")
    }

    @Test func `is refused as well when the token has expired meanwhile`() async throws {
        let made = try await token(#","expires_in":"1h""#)
        let (admission, body) = try admitted(made.token)
        await shop.send(ExampleShop.message)
        shop.book.advance(by: .hours(1))
        let reply = await shop.api.answer(admission, body: body)
        #expect(reply.status == 401, "\(reply.text)")
        #expect(await shop.send(ExampleShop.receiveBooking).text.contains("booking-9"))
    }

    @Test func `ends at once when it is revoked, and no other wait does`() async throws {
        let made = try await token()
        let polls = shop.api.served.polls
        let (ended, ends) = AsyncStream.makeStream(of: String.self)
        _ = polls.add(of: Text(made.id)) { ends.yield("its wait") }
        _ = polls.add(of: "another") { ends.yield("the wait of another") }
        polls.remove(polls.add(of: Text(made.id)) { ends.yield("one that is over") }, of: Text(made.id))
        await shop.send(.init(post: "/v1/tokens/\(made.id)/revoke", #"{"reason":"lost"}"#))
        ends.finish()
        var told: [String] = []
        for await one in ended { told.append(one) }
        #expect(told == ["its wait"])
    }
}
