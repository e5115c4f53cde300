import Foundation
import Testing

/// A server that runs modules beside the shop.
@Suite(.serialized) struct `Modules of a server` {
    @Test func `live on its orders, and are asked over HTTP`() throws {
        let shop = try ServedFile()
        try shop.serve("--open", "--socket", "off", "--modules", "cart,points,coupons")
        #expect(try shop.post("/v1/stock/mug/receive", key: "d", #"{"quantity":10}"#).hasSuffix("200"))
        let fill = #"{"tag":"fill","message_group":"ann","data":{"buyer":"ann","sku":"pen","at":"","qty":3}}"#
        #expect(try shop.post("/v1/topics/cart/messages", key: "fill", fill).hasSuffix("201"))
        let order = """
            {"id":"o-1","workflow":"standard-order","data":{"shop":"7","buyer":"ann","pay_within":"30m",
             "freight_cents":0,"discount_cents":0,"lines":[{"line":"1","sku":"mug","at":"","qty":2,"price_cents":900}]}}
            """
        let (place, pay) = (["Waybill-Role: buyer"], ["Waybill-Role: payments"])
        #expect(try shop.post("/v1/orders", key: "o", headers: place, order).hasSuffix("201"))
        let payment = #"{"payment":"p-1","channel":"card","amount_cents":1800}"#
        #expect(try shop.post("/v1/orders/o-1/commands/pay", key: "p", headers: pay, payment).hasSuffix("200"))
        #expect(try shop.sees("/v1/members/ann/points", #""earned":18,"#))
        #expect(try shop.sees("/v1/members/ann/cart", #"{"items":[{"sku":"pen","location":"","quantity":3}]"#))
        #expect(try shop.get("/v1/members/ann/coupons") == #"{"items":[],"next":null}"#)
        #expect(try shop.get("/openapi.json").contains("/v1/members/{member}/points"))
        let end = try #require(shop.kill(SIGTERM))
        #expect(end.reason == .exit && end.status == 0)
    }

    @Test func `are no routes of a server without them, and none is made up`() throws {
        let shop = try ServedFile()
        try shop.serve("--open", "--socket", "off", "--modules", "points")
        #expect(try shop.get("/v1/members/ann/points").contains(#""points":0"#))
        #expect(try shop.get("/v1/members/ann/cart").contains(#""code":"not_found""#))
        let wrong = try shop.run("serve", "--db", shop.path, "--modules", "points,horoscope")
        #expect(wrong.status == 64 && wrong.output.contains("gift-pack"))
    }
}

extension ServedFile {
    fileprivate func get(_ path: String) throws -> String {
        try start("/usr/bin/curl", ["-sS", "http://127.0.0.1:\(port)\(path)"]).output
    }

    /// Asks again and again, for twenty seconds at most, until the answer has a text: modules work by themselves.
    fileprivate func sees(_ path: String, _ text: String) throws -> Bool {
        let deadline = Deadline(seconds: 20)
        while !deadline.isOver {
            if try get(path).contains(text) { return true }
        }
        return false
    }
}
