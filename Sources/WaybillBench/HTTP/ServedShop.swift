import Foundation
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine
import WaybillServer

/// A shop on a new file, served over HTTP as it would be by `waybill serve`, and a token that may do what the benchmark
/// does.
struct ServedShop {
    let port: Int
    private let token: Text
    /// Of one who only looks.
    private let viewer: Text
    private let book: OrderBook
    private let file: ScratchFile
    private let running: Task<Void, any Error>

    init(_ file: ScratchFile, _ traffic: OrderTraffic) async throws {
        self.file = file
        let book = try OrderBook.open(file.path, workflows: [WorkflowText(BenchWorkflow.text)])
        self.book = book
        for receipt in traffic.receipts() { try await book.submit(receipt) }
        token = try await NewToken(
            name: "shop-7", grants: ["orders:shop", "consumer:*"], lasts: .days(1), reason: "benchmark"
        ).make(in: ServedBook(book), by: "bench").text.text
        viewer = try await NewToken(name: "viewer", grants: ["viewer"], lasts: .days(1), reason: "benchmark")
            .make(in: ServedBook(book), by: "bench").text.text
        var settings = BookServer.Settings()
        settings.http = HTTPAddress(host: "127.0.0.1", port: 0)
        settings.operations = [ConstantAnswer.operation]
        // All clients of a benchmark are one caller, who may have half of them.
        settings.connectionsMax = 40_000
        settings.streamsMax = 40_000
        let server = BookServer(book, settings: settings)
        let (places, told) = AsyncStream.makeStream(of: ServedAt.self)
        running = Task {
            defer { told.finish() }
            try await server.run { told.yield($0) }
        }
        guard let port = await places.first(where: { _ in true })?.http?.port else {
            throw BenchmarkFailure("the server did not start")
        }
        self.port = port
    }

    /// Where clients who place orders ask.
    var target: LoadTarget { LoadTarget(port: port, token: token) }
    /// The same for those who only look.
    var viewing: LoadTarget { LoadTarget(port: port, token: viewer) }

    /// What the server asks.
    var engine: Engine { book.engine }

    func end() async {
        running.cancel()
        _ = await running.result
        await book.close()
        file.remove()
    }

    /// Does something that keeps a thread, on one that is there for this.
    static func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: Swift.Result { try body() }) }
            thread.name = "bench-client"
            thread.start()
        }
    }
}
