import EngineFixtures
import Fixtures
import Waybill
import WaybillCore
import WaybillEngine

/// A file that is deleted with the object.
final class ShopFile: Sendable {
    private let directory: TemporaryDirectory
    let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("shop.db")
    }

    /// Opens the mug shop, at noon unless a clock is given.
    func open(_ clock: VirtualClock = VirtualClock(start: noon)) throws -> OrderBook {
        try OrderBook.open(path, workflows: [mugShop], world: .virtual(clock))
    }
}

extension Engine {
    /// The answers to commands that are handled in one write.
    func answers(_ commands: [OrderCommand]) -> [Answer] { answers(commands.map(\.command)) }
}
