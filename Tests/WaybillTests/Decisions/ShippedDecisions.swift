import Testing
import Waybill

/// The decision table of a shipped workflow.
struct ShippedDecisions: CustomTestStringConvertible {
    let workflow: String
    /// States that an order never rests in.
    var passing: [String] = []
    /// What the moves of the table send.
    let moves: [String: JSON]
    let table: String

    static let all = [
        standardOrder, parcel, afterSale, flashSale, preSale, groupBuy, groupMember, memberRegistration, olistOrder,
    ]

    var testDescription: String { workflow }

    func judge() throws -> TableJudge { try TableJudge(workflow, moves: moves, table: table) }
}

@Suite struct `A shipped workflow` {
    @Test(arguments: ShippedDecisions.all) func `decides as its table says`(_ decisions: ShippedDecisions) throws {
        for cell in try decisions.judge().wrongCells() { Issue.record("\(cell)") }
    }

    @Test(arguments: ShippedDecisions.all)
    func `has a cell for every command and timeout in every situation`(_ decisions: ShippedDecisions) throws {
        #expect(try decisions.judge().missingCells() == [])
    }

    @Test(arguments: ShippedDecisions.all)
    func `has a situation for every state`(_ decisions: ShippedDecisions) throws {
        #expect(try decisions.judge().unvisitedLeaves() == decisions.passing)
    }

    @Test(arguments: ShippedDecisions.all)
    func `writes events that fold and decide again to the same order`(_ decisions: ShippedDecisions) throws {
        #expect(try decisions.judge().unfaithfulEvents() == [])
    }

    @Test func `has a table`() {
        #expect(Set(ShippedDecisions.all.map { "\($0.workflow).yaml" }) == Set(WorkflowText.shipped.map(\.source)))
    }
}

@Suite struct `A decision table` {
    private let lamp = WorkflowText(
        """
        id: lamp
        version: 1
        commands: {hang: {}, switch: {}, drop: {}}
        initial: dark
        states:
          dark: {on: {switch: bright, drop: broken}}
          bright: {after: {burned: {in: 1h, target: broken}}, on: {switch: dark, drop: broken}}
          broken: {type: final}
        """)

    private func judge(_ table: String) throws -> TableJudge {
        try TableJudge(lamp, moves: ["hang": [:], "switch": [:], "drop": [:]], table: table)
    }

    @Test func `is wrong where it says something else than the workflow`() throws {
        let table = try judge(
            """
            dark = hang
              switch | bright | bright | | | +burned 2h
              drop   | broken | broken
              hang   | dark   | dark
              not_possible: burned
            """)
        #expect(
            try table.wrongCells() == [
                "dark: switch | bright | bright |  |  | +burned 1h, in the table: bright | bright |  |  | +burned 2h",
                "dark: hang | order_exists, in the table: dark | dark",
                "dark: burned | unknown_timeout, in the table: not_possible",
            ])
    }

    @Test func `misses a command, a timeout and a state that are not in it`() throws {
        let table = try judge(
            """
            dark = hang
              switch | bright | bright | | | +burned 1h
              order_exists: hang
            bright = dark, switch
              order_exists: hang
              burned | broken | broken | | | -burned
              drop   | broken | broken | | | -burned
            """)
        #expect(try table.wrongCells() == [])
        #expect(table.missingCells() == ["dark: drop", "dark: burned", "bright: switch"])
        #expect(try table.unvisitedLeaves() == ["broken"])
    }

    @Test func `does not come into a situation by a move that is refused`() throws {
        #expect(throws: DecisionTable.Misprint.self) {
            try judge("broken = hang, drop, switch\n  order_exists: hang").wrongCells()
        }
    }
}
