import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine
import WaybillPages
import WaybillTimeouts

/// A served shop in memory and in virtual time, looked at as a browser does.
struct PageShop {
    static let noon = Moment(iso8601: "2026-11-29T12:00:00Z") ?? Moment(milliseconds: 0)

    let book: OrderBook
    let api: API
    let pages: Pages
    let clock: VirtualClock
    let code: FirstCode

    init() throws {
        clock = VirtualClock(start: Self.noon)
        book = try OrderBook.inMemory(workflows: WorkflowText.shipped, world: .virtual(clock, seed: 1))
        api = API(try Served(ServedBook(book), tokens: TokenTable([])))
        code = FirstCode(random: api.served.book.random, now: Self.noon)
        pages = Pages(api, firstCode: code)
    }

    /// Asks the API as the owner of the file.
    @discardableResult
    func send(_ method: String, _ target: String, _ body: String = "", key: String? = nil, role: String? = nil)
        async throws -> Reply
    {
        var headers = CallHeaders()
        if !body.isEmpty {
            headers.add(.contentLength, "\(body.utf8.count)")
            headers.add(.contentType, "application/json")
        }
        if let key { headers.add(.idempotencyKey, key) }
        if let role { headers.add(.role, role) }
        let admission = try api.admit(
            API.Head(method: method, target: target, headers: headers, principal: .owner), requestID: "r-1")
        defer { admission.place.end() }
        return await api.answer(admission, body: Array(body.utf8))
    }

    /// Takes in mugs and places an order for two of them.
    func placeOrder(_ id: String = "order-7", sku: String = "mug", buyer: String = "ann") async throws {
        let path = Text(sku).asPathSegment
        try await send("POST", "/v1/stock/\(path)/receive", #"{"quantity":100}"#)
        let body = """
            {"id":"\(id)","workflow":"standard-order","data":{"shop":"7","buyer":"\(buyer)","pay_within":"30m",
             "freight_cents":600,"discount_cents":0,
             "lines":[{"line":"1","sku":"\(sku)","at":"","qty":2,"price_cents":900}]}}
            """
        let reply = try await send("POST", "/v1/orders", body, key: "cart-\(id)", role: "buyer")
        guard reply.status == 201 else { throw Unplaced(answer: String(decoding: reply.body, as: UTF8.self)) }
    }

    struct Unplaced: Error {
        let answer: String
    }

    /// Makes a token and gives its text.
    func token(_ grants: String...) async throws -> String {
        let list = grants.map { "\"\($0)\"" }.joined(separator: ",")
        let reply = try await send("POST", "/v1/tokens", #"{"name":"eva","grants":[\#(list)],"reason":"a test"}"#)
        return try JSONValue(reply.body)["token"].text ?? ""
    }

    /// The cookie of a session of a token.
    func session(_ grants: String...) async throws -> String {
        let list = grants.map { "\"\($0)\"" }.joined(separator: ",")
        let reply = try await send("POST", "/v1/tokens", #"{"name":"eva","grants":[\#(list)],"reason":"a test"}"#)
        return await signIn(try JSONValue(reply.body)["token"].text ?? "")
    }

    /// Signs in and gives the cookie; empty: it did not work.
    func signIn(_ secret: String) async -> String {
        let reply = await post("/sign-in", "secret=\(secret)", cookie: "")
        return reply.header("set-cookie").map { String($0.prefix { $0 != ";" }) } ?? ""
    }

    func get(_ target: String, cookie: String) async -> Reply {
        await pages.answer(
            PageRequest(method: "GET", target: target, cookies: [cookie]), body: [], requestID: "r-2")
    }

    func post(
        _ target: String, _ form: String, cookie: String, isOfThisOrigin: Bool = true, address: String = "1.2.3.4"
    ) async -> Reply {
        await pages.answer(
            PageRequest(
                method: "POST", target: target, cookies: [cookie], isOfThisOrigin: isOfThisOrigin,
                contentType: "application/x-www-form-urlencoded", address: address), body: Array(form.utf8),
            requestID: "r-3")
    }
}

extension Reply {
    var text: String { String(decoding: body, as: UTF8.self) }
    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

extension VirtualClock {
    func advance(by interval: Interval) { move(to: now.advanced(by: interval)) }
}
