import Foundation
import Testing

/// A server that runs modules beside the shop.
@Suite(.serialized) struct `Modules of a server` {
    private static let all = "cart,points,coupons,notifications,gift-pack"

    @Test func `live on its orders, and are asked over HTTP, all five of them`() throws {
        let shop = try ServedFile()
        try shop.serve("--open", "--socket", "off", "--modules", Self.all)
        #expect(try shop.post("/v1/stock/mug/receive", key: "d", #"{"quantity":10}"#).hasSuffix("200"))
        let fill = #"{"tag":"fill","message_group":"ann","data":{"buyer":"ann","sku":"pen","at":"","qty":3}}"#
        #expect(try shop.post("/v1/topics/cart/messages", key: "fill", fill).hasSuffix("201"))
        let register = """
            {"id":"m-1","workflow":"member-registration","command":"register",
             "data":{"member":"ann","email":"ann@example.com"}}
            """
        let order = """
            {"id":"o-1","workflow":"standard-order","data":{"shop":"7","buyer":"ann","pay_within":"30m",
             "freight_cents":0,"discount_cents":0,"lines":[{"line":"1","sku":"mug","at":"","qty":2,"price_cents":900}]}}
            """
        try shop.done("/v1/orders", "visitor", register)
        try shop.done("/v1/orders/m-1/commands/confirm_email", "visitor", #"{"email":"ann@example.com"}"#)
        try shop.done("/v1/orders", "buyer", order)
        try shop.done("/v1/orders/o-1/commands/pay", "payments", Self.payment)
        #expect(try shop.sees("/v1/members/ann/points", #""earned":18,"#))
        #expect(try shop.sees("/v1/members/ann/cart", #"{"items":[{"sku":"pen","location":"","quantity":3}]"#))
        #expect(try shop.sees("/v1/members/ann/coupons", #""campaign":"welcome","cents":500}"#))
        #expect(try shop.sees("/v1/members/ann/gift-pack", #"{"member":"ann","given":true,"announced":true}"#))
        for kind in ["confirm", "welcome", "placed", "paid"] {
            #expect(try shop.sees("/v1/notices?state=sent", #""kind":"\#(kind)""#))
        }
        #expect(try shop.get("/v1/notices").hasPrefix(#"{"items":[],"#))
        #expect(try !shop.get("/v1/notices?state=sent").contains("ann@example.com"))
        #expect(try shop.text(of: "shop-notices.jsonl").contains("ann@example.com"))
        let end = try #require(shop.kill(SIGTERM))
        #expect(end.reason == .exit && end.status == 0)
    }

    private static let payment = #"{"payment":"p-1","channel":"card","amount_cents":1800}"#

    @Test func `answer as the examples of their operations say`() throws {
        let (bare, shop) = (try ServedFile(), try ServedFile())
        try bare.serve("--open", "--socket", "off")
        try shop.serve("--open", "--socket", "off", "--modules", Self.all)
        let known = try DescribedReads(bare.get("/openapi.json")).all.map(\.name)
        let reads = try DescribedReads(shop.get("/openapi.json")).all.filter { !known.contains($0.name) }
        #expect(reads.map(\.name).sorted() == ["listCoupons", "listNotices", "showCart", "showGiftPack", "showPoints"])
        for read in reads {
            let real = try DescribedReads.members(shop.get(read.target))
            #expect(real == read.answer, "\(read.name): \(real)")
        }
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

extension ServedFile {
    /// Sends something under a key of its own, which is done.
    fileprivate func done(_ path: String, _ role: String, _ body: String) throws {
        let answer = try post(path, key: path + role, headers: ["Waybill-Role: \(role)"], body)
        #expect(answer.hasSuffix("200") || answer.hasSuffix("201"), "\(answer)")
    }
}

/// Questions that an OpenAPI document describes, each with the address and the answer of its example.
private struct DescribedReads {
    struct Read {
        let name: String
        let target: String
        let answer: [String: NSObject]
    }

    private(set) var all: [Read] = []

    init(_ text: String) throws {
        let document = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        for (path, methods) in try #require(document["paths"] as? [String: [String: Any]]) {
            guard let get = methods["get"] as? [String: Any], let name = get["operationId"] as? String else { continue }
            var target = path
            for parameter in get["parameters"] as? [[String: Any]] ?? [] {
                if let name = parameter["name"] as? String, let value = parameter["example"] as? String {
                    target = target.replacing("{\(name)}", with: value)
                }
            }
            let answers = get["responses"] as? [String: [String: Any]]
            let content = (answers?["200"]?["content"] as? [String: [String: Any]])?["application/json"]
            let example = content?["example"] as? [String: Any] ?? [:]
            all.append(Read(name: name, target: target, answer: Self.comparable(example)))
        }
    }

    static func members(_ text: String) throws -> [String: NSObject] {
        comparable(try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)"))
    }

    /// Without the event up to which a list is complete, which is that of the shop.
    private static func comparable(_ members: [String: Any]) -> [String: NSObject] {
        members.filter { $0.key != "as_of" }.compactMapValues { $0 as? NSObject }
    }
}
