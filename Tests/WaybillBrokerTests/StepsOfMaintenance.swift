import Testing
import WaybillBroker
import WaybillCore

@Suite struct `The size of a maintenance step` {
    private func size(after steps: [(milliseconds: Int64, wasFull: Bool)]) -> Int {
        var size = StepSize()
        for step in steps { size.learn(Interval(milliseconds: step.milliseconds), wasFull: step.wasFull) }
        return size.count
    }

    @Test func `halves after a slow step, and never falls to nothing`() {
        #expect(size(after: [(2, true)]) == 250)
        #expect(size(after: [(2, false)]) == 250)
        #expect(size(after: Array(repeating: (60_000, true), count: 20)) == StepSize.least)
    }

    @Test func `grows after quick full steps, up to a bound`() {
        #expect(size(after: [(0, true)]) == 625)
        #expect(size(after: Array(repeating: (0, true), count: 20)) == StepSize.most)
    }

    @Test func `stays after a step that took its time, or had little to do`() {
        #expect(size(after: [(1, true), (0, false), (1, false)]) == 500)
    }
}
