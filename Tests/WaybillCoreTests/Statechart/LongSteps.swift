import Testing
import WaybillCore
import WorkflowFile

/// One command must not hold the only writer for seconds, whatever its workflow makes of it.
@Suite struct `A command that takes too many steps` {
    /// Twelve guards of which each runs over all pairs of 400 lines; none is true.
    private static let text: String = {
        let guarding = "\"ANY(l IN lines: SUM(m IN lines: l.qty + m.qty) < 0)\""
        let ways = (1...12).map { _ in "{guard: \(guarding), target: b}" }.joined(separator: ", ")
        return """
            id: pairs
            version: 1
            commands:
              place: {data: {lines: {list: {line: text, qty: count}, max: 400}}}
              go: {}
              few: {}
            context: {lines: {key: line, max: 400, of: {qty: count}}}
            initial: a
            states:
              a: {on: {go: [\(ways), {target: b}], few: b}}
              b: {on: {go: a, few: a}}
            """
    }()

    private let workflow: Workflow
    private let order: Order
    private let now = Moment(milliseconds: 1_764_000_000_000)

    init() throws {
        workflow = try WorkflowFile.load(stored: Self.text)
        let lines = (1...400).map { "{\"line\":\"l\($0)\",\"qty\":1}" }.joined(separator: ",")
        let place = Command(order: "o-1", name: "place", data: Array("{\"lines\":[\(lines)]}".utf8))
        let verdict = try workflow.decide(
            place, on: Order(id: "o-1", workflow: workflow, placedAt: now), at: now, asking: EndlessStock())
        guard case .accepted(let decision) = verdict else { throw EvaluationError.overflow }
        order = decision.order
    }

    private func decide(_ name: EventName, by rules: Semantics = .current) -> Refusal? {
        refusal {
            _ = try workflow.decide(
                Command(order: "o-1", name: name), on: order, at: now, asking: EndlessStock(), by: rules)
        }
    }

    @Test func `is refused by the name of the limit, and again in the same way`() {
        let refused = Refusal.limit("evaluation steps of one command", max: InterpreterLimits.stepsMax)
        #expect(decide("go") == refused)
        #expect(decide("go") == refused)
        #expect(decide("few") == nil)
    }

    @Test func `was accepted by the rules of the first releases, and is when it is decided again`() {
        #expect(decide("go", by: .first) == nil)
    }

    @Test func `is foretold by a finding`() {
        let findings = WorkflowFile.check(Self.text).findings.map(\.message)
        #expect(findings.count == 1)
        #expect(findings.first?.hasPrefix("with every collection full this can take ") == true, "\(findings)")
        let few = Self.text.replacing("max: 400", with: "max: 200")
        #expect(WorkflowFile.check(few).findings.map(\.message) == [])
    }
}
