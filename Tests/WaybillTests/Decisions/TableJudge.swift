import Waybill
import WaybillCore
import WorkflowFile

/// Compares a decision table with its workflow.
struct TableJudge {
    let workflow: Workflow
    let table: DecisionTable
    let moves: [String: JSON]

    init(_ workflow: String, moves: [String: JSON], table: String) throws {
        guard let text = WorkflowText.shipped(workflow) else {
            throw DecisionTable.Misprint(description: "no workflow \(workflow) is shipped")
        }
        try self.init(text, moves: moves, table: table)
    }

    init(_ text: WorkflowText, moves: [String: JSON], table: String) throws {
        workflow = try WorkflowFile.load(text.text, name: text.source)
        self.table = try DecisionTable(table)
        self.moves = moves
    }

    /// Cells that say something else than the workflow does.
    func wrongCells() throws -> [String] {
        var wrong: [String] = []
        try forEachSituation { situation, rehearsal in
            for cell in situation.cells {
                let found = try row(rehearsal.play(cell.move), rehearsal)
                if found != cell.expected {
                    wrong.append("\(situation.name): \(cell.move) | \(found), in the table: \(cell.expected)")
                }
            }
        }
        return wrong
    }

    /// Commands and timeouts of the workflow that a situation has no cell for.
    func missingCells() -> [String] {
        let words = workflow.commands.map(\.name.text.string) + workflow.timeouts.map(\.name.text.string)
        return table.situations.flatMap { situation in
            let known = Set(situation.cells.map { TableRehearsal.word($0.move) })
            return words.filter { !known.contains($0) }.map { "\(situation.name): \($0)" }
        }
    }

    /// Leaf states that no situation is in: nobody has said what happens there.
    func unvisitedLeaves() throws -> [String] {
        var visited: Set<Int> = []
        try forEachSituation { _, rehearsal in
            visited.formUnion(workflow.leaves(of: rehearsal.order.configuration))
        }
        return workflow.states.indices.filter { workflow.states[$0].children.isEmpty && !visited.contains($0) }
            .map { workflow.states[$0].path.string }
    }

    /// Cells whose event, written down and read back, does not fold to the order that was decided, or is decided
    /// otherwise from the facts that it recorded.
    func unfaithfulEvents() throws -> [String] {
        var unfaithful: [String] = []
        try forEachSituation { situation, rehearsal in
            for cell in situation.cells {
                guard case .accepted(let decision) = try rehearsal.play(cell.move) else { continue }
                if try folded(decision, onto: rehearsal.order) != decision.order {
                    unfaithful.append("\(situation.name): \(cell.move) does not fold to what was decided")
                }
                let (move, _) = TableRehearsal.missing(in: cell.move)
                let facts = RecordedFacts(decision.outcome.facts)
                guard case .accepted(let again) = try rehearsal.play(move, asking: facts), facts.isUsedUp,
                    again.order == decision.order, again.outcome == decision.outcome
                else {
                    unfaithful.append("\(situation.name): \(cell.move) is decided otherwise the second time")
                    continue
                }
            }
        }
        return unfaithful
    }

    /// The order after the event that a decision becomes in the journal.
    private func folded(_ decision: Decision, onto order: Order) throws -> Order? {
        var body = EventBody()
        body.outcome = decision.outcome
        body.relatives = decision.outcome.relatives.map(\.trace)
        if order.version == 0 { body.parent = order.parent }
        if let creation = workflow.creation, order.version == 0 {
            var writer = JSONWriter()
            writer.named(decision.data, as: creation.data)
            body.data = writer.bytes
        }
        var writer = JSONWriter()
        body.write(to: &writer, under: workflow)
        var after = order
        guard after.apply(try EventBody(writer.bytes, under: workflow), under: workflow) else { return nil }
        return after
    }

    private func row(_ turn: TableRehearsal.Turn, _ rehearsal: TableRehearsal) throws -> String {
        switch turn {
        case .accepted(let decision): try TableRow(decision, under: workflow, at: rehearsal.now).description
        case .unchanged(let code): code
        }
    }

    private func forEachSituation(_ body: (DecisionTable.Situation, TableRehearsal) throws -> Void) throws {
        var known: [String: TableRehearsal] = [:]
        for situation in table.situations {
            var steps = situation.steps[...]
            var rehearsal = TableRehearsal(workflow, moves: moves)
            if let earlier = steps.first.flatMap({ known[$0] }) {
                rehearsal = earlier
                steps.removeFirst()
            }
            for step in steps { try rehearsal.step(step) }
            known[situation.name] = rehearsal
            try body(situation, rehearsal)
        }
    }
}
