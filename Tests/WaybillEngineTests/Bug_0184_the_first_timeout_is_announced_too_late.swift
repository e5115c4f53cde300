import EngineFixtures
import Fixtures
import Synchronization
import Testing
import WaybillCore
import WaybillStore
import WaybillTimeouts

@testable import WaybillEngine

@Suite struct `Bug 0184: the first timeout of a file` {
    /// Looks at the board while a write commits.
    private final class AtCommit: Sendable {
        let look = Mutex<(@Sendable () -> Void)?>(nil)
    }

    /// What becomes due may free stock: who refuses without a write must know of it when the commit arms it, not later.
    @Test(arguments: [false, true]) func `is known before the commit that arms it`(isOwnWrite: Bool) async throws {
        let atCommit = AtCommit()
        var settings = StoreSettings()
        settings.commitFault = {
            atCommit.look.withLock { $0?() }
            return nil
        }
        let engine = try MugShop.engine(Store.inMemory(settings: settings))
        defer { engine.close() }
        _ = try engine.receive(5, of: MugShop.mug).get()
        let due = MugShop.noon.advanced(by: .minutes(30))
        let seen = Mutex<[Bool]>([])
        let board = engine.board
        #expect(!board.isOverdue(at: due))
        atCommit.look.withLock { look in
            look = { seen.withLock { $0.append(board.isOverdue(at: due)) } }
        }
        if isOwnWrite {
            _ = try await engine.transact(MugShop.place("o-1"), deadline: .hours(1)) { _ in }
        } else {
            #expect(engine.answers([MugShop.place("o-1")]).map(\.isAccepted) == [true])
        }
        atCommit.look.withLock { $0 = nil }
        #expect(seen.withLock { $0 } == [true])
        #expect(board.isOverdue(at: due))
    }
}
