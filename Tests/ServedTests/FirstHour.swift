import Foundation
import Testing

/// What the documentation has an operator do first: by curl, at the socket beside the file.
@Suite(.serialized) struct `The first hour` {
    @Test func `goes from nothing to an order that is paid, over the socket and over TCP with a token`() throws {
        let shop = try ServedFile()
        try shop.serve()
        let received = try shop.post("/v1/stock/mug/receive", #"{"quantity":100,"note":"delivery 1"}"#, key: "d-1")
        #expect(received.contains(#""free":100"#))
        let placed = try shop.post("/v1/orders", Self.order, key: "cart-42", role: "buyer")
        #expect(placed.contains(#""status":"awaiting payment""#))
        #expect(try shop.get("/v1/stock/mug").contains(#""free":98,"reserved":2"#))
        let token = try shop.post(
            "/v1/tokens", #"{"name":"shop-web","grants":["orders:payments"],"reason":"first shop"}"#)
        let secret = try #require(token.firstMatch(of: /"token":"(wb-[a-z2-7]+-[a-z2-7]+)"/)?.1)
        let paid = try shop.overTCP(
            "/v1/orders/order-7/commands/pay", token: String(secret),
            #"{"payment":"p-1","channel":"card","amount_cents":1800}"#)
        #expect(paid.contains(#""status":"awaiting shipment""#))
        #expect(try shop.overTCP("/v1/tokens", token: String(secret)).contains("forbidden"))
        #expect(try shop.get("/v1/audit?type=$token").contains(#""from":"socket, user \#(getuid())""#))
        #expect(try shop.overTCP("/v1/orders/order-7", token: nil).contains("unauthenticated"))
        let end = try #require(shop.kill(SIGTERM))
        #expect(end.reason == .exit && end.status == 0)
        #expect(!FileManager.default.fileExists(atPath: shop.path + ".sock"))
        #expect(try shop.run("order", "show", "order-7", "--db", shop.path).output.contains("awaiting shipment"))
    }

    @Test func `lets an order time out by itself, takes the goods again for a late payment, and says why`() throws {
        let shop = try ServedFile()
        try shop.serve()
        _ = try shop.post("/v1/stock/mug/receive", #"{"quantity":100,"note":"delivery 1"}"#, key: "d-1")
        let placed = try shop.post(
            "/v1/orders", Self.order.replacing("20m", with: "2s"), key: "cart-42", role: "buyer")
        #expect(placed.contains(#""status":"awaiting payment""#), "\(placed)")
        // The receive waits until the order tells that it is closed: nothing else asks for that.
        let closed = try shop.post(
            "/v1/groups/desk/receive", #"{"topic":"order","tags":"closed","client":"desk","wait_ms":20000}"#)
        try #require(closed.contains(#""tag":"closed""#) && closed.contains(#""subject":"order-7""#), "\(closed)")
        #expect(try shop.get("/v1/orders/order-7").contains(#""status":"closed""#))
        #expect(try shop.get("/v1/stock/mug").contains(#""free":100,"reserved":0"#))
        let history = try shop.get("/v1/orders/order-7/history")
        #expect(history.contains("pay_due") && history.contains(#""type":"$timeout""#), "\(history)")
        let early = try shop.get("/v1/orders/order-7/why")
        #expect(early.contains(#""timeouts":[]"#) && early.contains(#""command":"pay""#), "\(early)")
        let paid = try shop.post(
            "/v1/orders/order-7/commands/pay", #"{"payment":"p-1","channel":"card","amount_cents":1800}"#,
            role: "payments")
        #expect(paid.contains(#""status":"awaiting shipment""#), "\(paid)")
        #expect(try shop.get("/v1/stock/mug").contains(#""free":98,"reserved":0,"sold":2"#))
        let why = try shop.get("/v1/orders/order-7/why")
        #expect(why.contains(#""status":"awaiting shipment""#) && why.contains(#""refusals":[]"#), "\(why)")
        #expect(why.contains(#""command":"ship""#), "\(why)")
    }

    @Test func `leaves file and socket to their owner alone`() throws {
        let shop = try ServedFile()
        try shop.serve()
        for name in ["shop.db", "shop.db.sock", "shop.db-wal"] {
            let path = shop.directory.appendingPathComponent(name).path
            let mode = try #require(
                try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
            #expect(mode & 0o077 == 0, "\(name) has mode \(String(mode, radix: 8))")
        }
    }

    @Test func `refuses an address that others reach, and a host that is not its own`() throws {
        let shop = try ServedFile()
        let far = try shop.run("serve", "--db", shop.path, "--create", "--http", "0.0.0.0:0")
        #expect(far.status == 64 && far.output.contains("not loopback"))
        try shop.serve("--open", "--host", "shop.example")
        for other in [
            "evil.example", "localhost.evil.example", "evil-localhost", "127.0.0.1.evil.example",
            "evil.example:\(shop.port)",
            "[::1]", "shop.example.evil.example", "example",
        ] {
            let answer = try shop.overTCP("/v1/stock", token: nil, host: other)
            #expect(answer.contains("wrong_host"), "\(other): \(answer)")
        }
        for own in ["localhost", "LocalHost:\(shop.port)", "127.0.0.1", "Shop.Example", "shop.example:80"] {
            let answer = try shop.overTCP("/v1/stock", token: nil, host: own)
            #expect(answer.contains("items"), "\(own): \(answer)")
        }
    }

    private static let order = """
        {"id":"order-7","workflow":"standard-order","data":{"shop":"7","buyer":"ann","pay_within":"20m",
         "freight_cents":0,"discount_cents":0,"lines":[{"line":"1","sku":"mug","at":"","qty":2,"price_cents":900}]}}
        """
}

extension ServedFile {
    fileprivate func get(_ path: String) throws -> String { try curl("http://waybill\(path)").output }

    fileprivate func post(_ path: String, _ body: String, key: String = "", role: String = "") throws -> String {
        try curl(
            "-H", "Content-Type: application/json", "-H", "Idempotency-Key: \(key)", "-H", "Waybill-Role: \(role)",
            "-d",
            body, "http://waybill\(path)"
        ).output
    }

    fileprivate func overTCP(
        _ path: String, token: String?, _ body: String? = nil, host: String = "localhost"
    ) throws -> String {
        var arguments = ["-sS", "--max-time", "60", "-H", "Host: \(host)", "-H", "Content-Type: application/json"]
        if let token { arguments += ["-H", "Authorization: Bearer \(token)"] }
        if let body { arguments += ["-d", body] }
        return try start("/usr/bin/curl", arguments + ["http://127.0.0.1:\(port)\(path)"]).output
    }
}
