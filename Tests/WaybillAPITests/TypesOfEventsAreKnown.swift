import Foundation
import Testing
import Waybill
import WaybillAPI
import WaybillCore
import WaybillEngine

/// A list whose filter names what is nowhere says so.
@Suite struct `An empty list` {
    private func unknown(_ shop: APIShop, _ target: String) async throws -> [String] {
        let reply = await shop.send(.init(get: target))
        #expect(reply.status == 200, "\(reply.text)")
        return try (JSON(reading: reply.body)["unknown"]?.elements ?? []).map { name in
            let meant = name["meant"]?.asText.map { ", meant \($0)" } ?? ""
            return "\(name["kind"]?.asText ?? "") \(name["name"]?.asText ?? "")\(meant)"
        }
    }

    @Test func `of events says which of its types there are not`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.stock, ExampleShop.place] { await shop.send(step) }
        #expect(
            try await unknown(shop, "/v1/events?types=pya,$recieve") == [
                "event $recieve, meant $receive", "event pya, meant pay",
            ])
        #expect(try await unknown(shop, "/v1/events?types=pay,$move,$hold,$timeout") == [], "none has happened yet")
        #expect(try await unknown(shop, "/v1/events?types=place,nonsense") == [], "what is found says more")
    }

    @Test func `of the audit says that there is no such type`() async throws {
        let shop = try APIShop()
        #expect(try await unknown(shop, "/v1/audit?type=$holt") == ["event $holt, meant $hold"])
        #expect(try await unknown(shop, "/v1/audit?type=pay") == ["event pay"], "no order is in the audit")
        #expect(try await unknown(shop, "/v1/audit?type=$hold") == [])
    }

    @Test func `of half messages says that none is of the producer`() async throws {
        let shop = try APIShop()
        for step in [ExampleShop.topic, ExampleShop.half] { await shop.send(step) }
        #expect(try await unknown(shop, "/v1/half-messages?producer=bnak") == ["producer bnak, meant bank"])
        #expect(try await unknown(shop, "/v1/half-messages?producer=bank&older_than=1h") == [])
    }

    @Test func `knows each type that the engine writes by itself`() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources").standardizedFileURL
        let known = EngineEvents.ofActs.union(EngineEvents.ofOrders).union(EngineEvents.ofStock)
        var written: Set<Text> = []
        for target in ["WaybillCore", "WaybillEngine", "WaybillBroker", "WaybillAPI", "Waybill"] {
            let files = FileManager.default.enumerator(
                at: sources.appendingPathComponent(target), includingPropertiesForKeys: nil)
            for case let file as URL in files ?? .init() where file.pathExtension == "swift" {
                guard file.lastPathComponent != "EngineEvents.swift" else { continue }
                let text = try String(contentsOf: file, encoding: .utf8)
                for match in text.matches(of: /"(\$[a-z_]+)"/) { written.insert(Text(String(match.output.1))) }
            }
        }
        // A caller, and a word of JSON Schema.
        #expect(written.subtracting(["$call", "$ref"]) == known)
    }
}
