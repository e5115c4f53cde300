import Foundation
import Testing
import Waybill
import WaybillCore
import WaybillServer

/// A program adds operations to those of its server.
@Suite(.serialized, .timeLimit(.minutes(1))) struct `An operation that a program adds` {
    private typealias Added = BookServer.AddedOperation

    private static func lines(of book: OrderBook) -> Added {
        Added(
            "countLines", .get, "/v1/shop/orders/{order}/lines", "How many kinds of goods an order holds.",
            for: [.viewer], query: [Added.Parameter("unit", "What is counted.")],
            example: .init("/v1/shop/orders/order-7/lines", answer: ["lines": 2])
        ) { request in
            let id = OrderID(request.path("order"))
            guard let order = try await book.order(id) else {
                throw Added.Problem(.notFound, "there is no order \(id)")
            }
            return ["lines": .int(Int64(order.holdings.count)), "unit": .text(request.query("unit") ?? "kinds")]
        }
    }

    /// A change: it hands the key on, and what the order book refuses is answered as everywhere.
    private static func gift(of book: OrderBook) -> Added {
        Added(
            "receiveGift", .post, "/v1/shop/gifts", "A supplier gives some things away.", for: [.stock],
            example: .init("/v1/shop/gifts", body: ["sku": "mug", "quantity": 3], answer: ["free": 3])
        ) { request in
            guard let sku = request.body["sku"]?.asText, let quantity = request.body["quantity"]?.asInt else {
                throw Added.Problem(.badData, "sku and quantity are wanted")
            }
            let receipt = try await book.submit(
                StockCommand(
                    .receive(quantity), of: StockKey(sku: SKU(sku)), key: request.key, caller: request.caller))
            return ["free": .int(receipt.level.free), "repeated": .bool(receipt.isRepeat)]
        }
    }

    /// Serves as long as the body runs.
    private func serving(
        _ settings: BookServer.Settings, _ book: OrderBook, _ body: (Int) async throws -> Void
    ) async throws {
        var settings = settings
        settings.http = HTTPAddress(host: "127.0.0.1", port: 0)
        let server = BookServer(book, settings: settings)
        let (places, told) = AsyncStream.makeStream(of: ServedAt.self)
        let running = Task {
            defer { told.finish() }
            try await server.run { told.yield($0) }
        }
        let port = try #require(await places.first { _ in true }?.http?.port)
        try await body(port)
        running.cancel()
        _ = await running.result
    }

    /// On a thread of its own: one of the pool would be missing to the server, and a small machine has two.
    private func curl(_ port: Int, _ path: String, _ more: String...) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try Self.ask(port, path, more) })
            }
        }
    }

    private static func ask(_ port: Int, _ path: String, _ more: [String]) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        process.arguments = ["-sS", "--max-time", "60", "http://127.0.0.1:\(port)\(path)"] + more
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    @Test func `is answered, documented and refused as the others are`() async throws {
        let book = try OrderBook.inMemory()
        defer { book.close() }
        try await book.submit(StockCommand(.receive(9), of: StockKey(sku: "mug")))
        try await book.submit(
            OrderCommand(
                "place", of: "o-1", data: ["buyer": "ann", "sku": "mug", "at": "", "price_cents": 900, "limit": 2],
                workflow: "flash-sale", key: "k"))
        var settings = BookServer.Settings()
        settings.isOpen = true
        settings.addedOperations = [Self.lines(of: book), Self.gift(of: book)]
        try await serving(settings, book) { port in
            // The thing itself, and the buyer's share of what one may have.
            #expect(try await book.order("o-1")?.holdings.count == 2)
            #expect(try await curl(port, "/v1/shop/orders/o-1/lines") == #"{"lines":2,"unit":"kinds"}"#)
            #expect(try await curl(port, "/v1/shop/orders/o-1/lines?unit=pieces").contains(#""unit":"pieces""#))
            let none = try await curl(port, "/v1/shop/orders/o-2/lines")
            #expect(none.contains(#""code":"not_found""#) && none.contains("there is no order o-2"), "\(none)")
            #expect(try await curl(port, "/v1/shop/orders/o-1/lines?colour=red").contains(#""code":"bad_parameter""#))
            #expect(try await curl(port, "/v1/shop/orders/o-1/lines", "-X", "DELETE").contains("method_not_allowed"))
            let document = try await curl(port, "/openapi.json")
            #expect(document.contains(#""operationId":"countLines""#) && document.contains("/v1/shop/gifts"))

            func gift(_ body: String) async throws -> String {
                try await curl(
                    port, "/v1/shop/gifts", "-H", "Content-Type: application/json", "-H", "Idempotency-Key: g-1", "-d",
                    body)
            }
            #expect(try await gift(#"{"sku":"pen","quantity":3}"#) == #"{"free":3,"repeated":false}"#)
            #expect(try await gift(#"{"sku":"pen","quantity":3}"#) == #"{"free":3,"repeated":true}"#)
            #expect(try await gift(#"{"sku":"pen","quantity":4}"#).contains(#""code":"key_reused""#))
            #expect(try await gift(#"{"sku":"pen"}"#).contains(#""code":"bad_data""#))
            #expect(try await gift(#"{"sku":"pen","sku":"pen"}"#).contains(#""code":"bad_json""#))
            #expect(try await book.stock(StockKey(sku: "pen"))?.free == 3)
        }
    }

    @Test func `is opened by its grants and by no others`() async throws {
        let book = try OrderBook.inMemory()
        defer { book.close() }
        var settings = BookServer.Settings()
        settings.addedOperations = [Self.lines(of: book), Self.gift(of: book)]
        settings.socket = .at(
            path: FileManager.default.temporaryDirectory.appendingPathComponent("a-\(UUID().uuidString.prefix(8))").path
        )
        guard case .at(let socket) = settings.socket else { return }
        try await serving(settings, book) { port in
            let made = try await curl(
                port, "/v1/tokens", "--unix-socket", socket, "-H", "Content-Type: application/json", "-d",
                #"{"name":"look","grants":["viewer"],"reason":"a test"}"#)
            let token = try #require(made.firstMatch(of: /"token":"([^"]+)"/)?.1, "\(made)")
            let bearer = "Authorization: Bearer \(token)"
            #expect(try await curl(port, "/v1/shop/orders/o-1/lines").contains("unauthenticated"))
            #expect(try await curl(port, "/v1/shop/orders/o-1/lines", "-H", bearer).contains("there is no order o-1"))
            let gift = try await curl(
                port, "/v1/shop/gifts", "-H", bearer, "-H", "Content-Type: application/json", "-d", "{}")
            #expect(gift.contains("forbidden"), "\(gift)")
        }
    }

    private static func named(_ name: String, _ path: String, for rights: [Added.Right] = [.viewer]) -> Added {
        Added(name, .get, path, "A test.", for: rights, example: .init(path, answer: [])) { _ in [] }
    }

    @Test(arguments: [
        ([named("", "/v1/shop")], "is no name"), ([named("a b", "/v1/shop")], "is no name"),
        ([named("showOrder", "/v1/shop")], "an operation showOrder already"),
        ([named("mine", "/v1/shop"), named("mine", "/v1/other")], "an operation mine already"),
        ([named("mine", "/v1/orders/{id}")], "leads to another operation"),
        ([named("mine", "/v1/shop/{a}"), named("yours", "/v1/shop/{b}")], "leads to another operation"),
        ([named("mine", "v1/shop")], "is no path"), ([named("mine", "/")], "is no path"),
        ([named("mine", "/v1//shop")], "is no path"), ([named("mine", "/v1/shop", for: [])], "no right opens it"),
    ])
    func `is refused when it cannot be found, or hides another one`(
        operations: [BookServer.AddedOperation], reason: String
    ) async throws {
        let book = try OrderBook.inMemory(workflows: [])
        defer { book.close() }
        var settings = BookServer.Settings()
        settings.http = HTTPAddress(host: "127.0.0.1", port: 0)
        settings.addedOperations = operations
        let failure = await #expect(throws: ServerFailure.self) {
            try await BookServer(book, settings: settings).run()
        }
        #expect(failure?.kind == .badSetting && failure?.description.contains(reason) == true, "\(failure as Any)")
    }

    /// The example of the documentation; it is compiled, not run.
    private func serveMore(_ book: OrderBook) async throws {
        var settings = BookServer.Settings()
        settings.addedOperations = [
            BookServer.AddedOperation(
                "countLines", .get, "/v1/shop/orders/{order}/lines", "How many kinds of goods an order holds.",
                for: [.viewer], example: .init("/v1/shop/orders/order-7/lines", answer: ["lines": 2])
            ) { request in
                let id = OrderID(request.path("order"))
                guard let order = try await book.order(id) else {
                    throw BookServer.AddedOperation.Problem(.notFound, "there is no order \(id)")
                }
                return ["lines": .int(Int64(order.holdings.count))]
            }
        ]
        try await BookServer(book, settings: settings).run()
    }

    @Test func `is written as the documentation shows it`() throws {
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        let page = try String(
            contentsOf: package.appendingPathComponent("Sources/Waybill/Waybill.docc/Serving.md"), encoding: .utf8)
        let blocks = page.matches(of: /```swift\n([^`]*)```/)
        let block = try #require(blocks.first { $0.1.contains("addedOperations") }?.1)
        let lines = block.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let code = source.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let start = try #require(code.lastIndex(of: "private func serveMore(_ book: OrderBook) async throws {"))
        #expect(Array(code[(start + 1)...].prefix(lines.count)) == lines)
    }
}
