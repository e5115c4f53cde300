import Testing
import Waybill

@Suite struct `A timeout that is stopped and armed again by one command` {
    /// Two timeouts are pending; `ring` arms the first of them anew, behind the other.
    private let watch = WorkflowText(
        """
        id: watch
        version: 1
        commands: {start: {}, ring: {}}
        type: parallel
        states:
          alarm:
            initial: set
            states:
              set: {after: {bell: {in: 1h, target: set}}, on: {ring: set}}
          lamp:
            initial: lit
            states:
              lit: {after: {dim: {in: 2h, target: dark}}}
              dark: {type: final}
        """)

    @Test func `comes back from its event as it was decided`() throws {
        let judge = try TableJudge(
            watch, moves: ["start": [:], "ring": [:]],
            table: """
                nothing =
                  start | alarm.set | set lit | | | +bell 1h +dim 2h
                on = start
                  ring  | alarm.set | set lit | | | -bell +bell 1h
                  bell  | alarm.set | set lit | | | -bell +bell 1h
                  dim   | alarm.set | set dark | | | -dim
                """)
        #expect(try judge.wrongCells() == [])
        #expect(try judge.unfaithfulEvents() == [])
    }
}
