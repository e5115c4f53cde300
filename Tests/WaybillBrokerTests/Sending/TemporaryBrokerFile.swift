import Fixtures
import WaybillStore

/// A file that is gone with the test.
final class TemporaryBrokerFile: Sendable {
    private let directory: TemporaryDirectory
    let path: String

    init() throws {
        directory = try TemporaryDirectory()
        path = directory.file("broker.db")
    }

    func open() throws -> Store { try Store.open(path) }
}
