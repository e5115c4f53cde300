import Foundation
import Testing

/// `waybill tail`: of a server, also one that is killed meanwhile, and of a closed file.
@Suite(.serialized) struct `The tail of the journal` {
    private func fill(_ shop: ServedFile, orders: Range<Int>) throws {
        for number in orders {
            let order = """
                {"id":"o-\(number)","workflow":"flash-sale",
                "data":{"buyer":"b-\(number)","sku":"mug","at":"","price_cents":900,"limit":2}}
                """
            let placed = try shop.post("/v1/orders", key: "k-\(number)", headers: ["Waybill-Role: shop"], order)
            try #require(placed.hasSuffix("201"), "\(placed)")
        }
    }

    private func shop() throws -> ServedFile {
        let shop = try ServedFile()
        try shop.serve("--open")
        let received = try shop.post("/v1/stock/mug/receive", key: "first", #"{"quantity":1000}"#)
        try #require(received.hasSuffix("200"), "\(received)")
        return shop
    }

    /// The events of lines of JSON.
    private func events(_ output: String) throws -> [String] {
        try output.split(separator: "\n").filter { $0.hasPrefix("{") }.map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(object?["event"] as? String, "\(line)")
        }
    }

    @Test func `shows each event once, in order, also when the server is killed meanwhile`() throws {
        let shop = try shop()
        let tail = try Tail(of: shop, "--after", "e0", "-o", "jsonl")
        try fill(shop, orders: 0..<3)
        #expect(tail.wait(forLines: 4))
        shop.kill(SIGKILL)
        try shop.serve("--open")
        try fill(shop, orders: 3..<6)
        let positions = try shop.positions()
        #expect(tail.wait(forLines: positions.count))
        #expect(try events(tail.end()) == positions)
        shop.kill(SIGTERM)
        let closed = try shop.run("tail", "--db", shop.path, "-o", "jsonl")
        #expect(closed.status == 0)
        #expect(try events(closed.output) == positions)
        let after = try shop.run("tail", "--db", shop.path, "--json", "--after", "e3")
        #expect(try events(after.output) == Array(positions.dropFirst(3)))
    }

    @Test func `of one order ends with the order, and tells when there is none`() throws {
        let shop = try shop()
        try fill(shop, orders: 0..<2)
        let tail = try Tail(of: shop, "o-1")
        #expect(tail.wait(forText: "awaiting payment"))
        let paid = try shop.post(
            "/v1/orders/o-1/commands/pay", key: "p", headers: ["Waybill-Role: payments"],
            #"{"payment":"p-1","channel":"card","amount_cents":900}"#)
        #expect(paid.hasSuffix("422"), "\(paid)")
        let right = try shop.post(
            "/v1/orders/o-1/commands/pay", key: "q", headers: ["Waybill-Role: payments"],
            #"{"payment":"p-1","amount_cents":900}"#)
        #expect(right.hasSuffix("200"), "\(right)")
        #expect(tail.wait(forText: "pay"))
        #expect(!tail.end().contains("o-0"))
        let missing = try shop.run("tail", "o-9", "--db", shop.path)
        #expect(missing.status == 1 && missing.output.contains("o-9"), "\(missing)")
        let wrong = try shop.run("tail", "--after", "42", "--db", shop.path)
        #expect(wrong.status == 64)
        shop.kill(SIGTERM)
        let closed = try shop.run("tail", "o-1", "--db", shop.path, "-o", "jsonl")
        #expect(try events(closed.output).count == 2)
    }
}

/// A tail that runs until the test ends it.
private final class Tail: @unchecked Sendable {
    // Unchecked: guarded by `condition`; a thread reads, the test waits.
    private let condition = NSCondition()
    private let process = Process()
    private var text = ""
    private var hasEnded = false

    init(of shop: ServedFile, _ arguments: String...) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: try executablePath())
        process.arguments = ["tail", "--db", shop.path] + arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        Thread.detachNewThread { [self, reading = output.fileHandleForReading] in
            while true {
                let data = reading.availableData
                condition.lock()
                text += String(decoding: data, as: UTF8.self)
                if data.isEmpty { hasEnded = true }
                condition.broadcast()
                condition.unlock()
                if data.isEmpty { return }
            }
        }
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    func wait(forLines count: Int) -> Bool { wait { $0.count { $0 == "\n" } >= count } }
    func wait(forText wanted: String) -> Bool { wait { $0.contains(wanted) } }

    private func wait(_ isThere: (String) -> Bool) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        let deadline = Deadline(seconds: 60)
        while !isThere(text) {
            guard !hasEnded, deadline.wait(for: condition) else { return isThere(text) }
        }
        return true
    }

    /// Interrupts it as a person does, and answers all that it has printed.
    func end() -> String {
        kill(process.processIdentifier, SIGINT)
        process.waitUntilExit()
        condition.lock()
        defer { condition.unlock() }
        let deadline = Deadline(seconds: 60)
        while !hasEnded, deadline.wait(for: condition) {}
        return text
    }
}
