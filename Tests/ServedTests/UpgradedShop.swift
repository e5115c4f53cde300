import Foundation
import Testing

/// The file of a release before, whose server was killed in the middle of traffic, under the server of this one.
/// `Tests/Kept/make3.py` tells how it was made.
@Suite struct `A shop whose server was killed before it was upgraded` {
    private struct Asked {
        let target: String
        let order: String
        let version: Int
    }

    private let shop: ServedFile
    private let asked: [Asked]

    init() throws {
        shop = try ServedFile()
        let kept = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Kept")
        for ending in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: kept.appendingPathComponent("served.waybill\(ending)").path, toPath: shop.path + ending)
        }
        let lines = try String(contentsOf: kept.appendingPathComponent("served.answers.jsonl"), encoding: .utf8)
        asked = try lines.split(separator: "\n").compactMap { line in
            let json = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            guard let target = json?["target"] as? String, let answer = json?["answer"] as? [String: Any],
                let order = answer["order"] as? String, let version = answer["version"] as? Int
            else { return nil }
            return Asked(target: target, order: order, version: version)
        }
    }

    private func json(_ arguments: String...) throws -> [String: Any] {
        let outcome = try shop.start("/usr/bin/curl", ["-sS", "--unix-socket", shop.path + ".sock"] + arguments)
        let data = Data(outcome.output.utf8)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any], "\(outcome.output)")
    }

    @Test func `has every order that was acknowledged, takes new ones, and stays sound`() throws {
        try #require(asked.count == 14)
        try shop.serve()
        for request in asked {
            let order = try json("http://w/v1/orders/\(request.order)")
            #expect(order["id"] as? String == request.order)
            #expect((order["version"] as? Int ?? 0) >= request.version, "\(request)")
        }
        let placed = try json(
            "http://w/v1/orders", "-H", "Content-Type: application/json", "-H", "Idempotency-Key: new-1", "-H",
            "Waybill-Role: buyer", "-d",
            """
            {"id":"new-1","workflow":"standard-order","data":{"shop":"7","buyer":"eve","pay_within":"30m",
             "freight_cents":0,"discount_cents":0,
             "lines":[{"line":"1","sku":"mug","at":"","qty":2,"price_cents":900}]}}
            """)
        #expect(placed["order"] as? String == "new-1" && placed["version"] as? Int == 1, "\(placed)")
        let limits = try json("http://w/v1/stock?kind=limits")
        #expect((limits["items"] as? [[String: Any]])?.compactMap { $0["purchase_limit"] as? Int } == [2, 1])
        let end = try #require(shop.kill(SIGTERM))
        #expect(end.reason == .exit && end.status == 0)
        let verified = try shop.run("verify", shop.path)
        #expect(verified.status == 0, "\(verified.output)")
    }
}
