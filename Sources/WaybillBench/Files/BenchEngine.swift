import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts
import WorkflowFile

/// An engine over a scratch file, as a shop would run it: default settings, real clock, real disk.
struct BenchEngine: Sendable {
    let engine: Engine
    let file: ScratchFile

    init(_ file: ScratchFile, world: World = .system) throws {
        self.file = file
        engine = try Engine(
            store: try Store.open(file.path), workflows: [(try BenchWorkflow.load(), Text(BenchWorkflow.text))],
            world: world
        ) { text in try WorkflowFile.load(stored: text.string) }
    }

    /// Fills the shelves.
    func stock(_ traffic: OrderTraffic) throws {
        for reply in engine.perform(traffic.receipts()) {
            guard case .stock(.success) = reply else {
                throw BenchmarkFailure("a receipt of stock was refused: \(reply)")
            }
        }
    }

    /// Submits one request that must be accepted.
    func submit(_ request: Request) async throws {
        let reply = await engine.submit(request)
        switch reply {
        case .order(.accepted), .stock(.success): return
        case .order(.refused), .stock(.failure): throw BenchmarkFailure("a request was refused: \(reply)")
        }
    }

    func close() { engine.close() }
}
