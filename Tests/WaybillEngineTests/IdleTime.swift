import Testing
import WaybillCore
import WaybillEngine

@Suite struct `The writer's quiet` {
    private func at(_ milliseconds: Int64) -> Interval { Interval(milliseconds: milliseconds) }

    @Test func `is reached after its time, once, and not by looking often`() {
        var quiet = IdleTimer()
        quiet.breaks(at: at(1_000))
        let early = (1_000..<1_200).filter { quiet.isReached(at: at($0)) }
        #expect(early == [])
        let later = [1_200, 1_201, 9_000].map { quiet.isReached(at: at($0)) }
        #expect(later == [true, false, false])
    }

    @Test func `begins again with whatever is done`() {
        var quiet = IdleTimer()
        quiet.breaks(at: at(0))
        quiet.breaks(at: at(199))
        let reached = [398, 399].map { quiet.isReached(at: at($0)) }
        #expect(reached == [false, true])
    }

    @Test func `is waited for no longer than it takes`() {
        var quiet = IdleTimer()
        #expect(quiet.wait(at: at(5)) == nil)
        quiet.breaks(at: at(0))
        #expect(quiet.wait(at: at(150)) == at(50))
        #expect(quiet.wait(at: at(500)) == at(0))
        _ = quiet.isReached(at: at(500))
        #expect(quiet.wait(at: at(501)) == nil)
    }
}
