import Waybill

/// The real thing and a model of it, told to do the same steps. What a run is made of beyond that is in
/// ``SimulationRun``.
protocol Simulation: AnyObject {
    /// One thing that happens; its description is the whole of it.
    associatedtype Step
    /// What goes wrong behind the model's back, when it is to be seen that it is noticed.
    associatedtype Bug: Sendable
    /// What is opened over the file.
    associatedtype Opened: HasEngine

    /// How many steps a run draws.
    static var stepCount: Int { get }

    init(seed: UInt64, bug: Bug?) async throws

    var lives: Lives<Opened> { get }

    /// Draws the next step: mostly sensible, sometimes what people get wrong.
    func draw() -> Step

    /// Whether a step means something now: it may speak of what was to come of a step that was left out.
    func hasMeaning(_ step: Step) -> Bool

    /// Does a step, here and in the model, and compares all that can be seen.
    func perform(_ step: Step) async throws -> StepReport

    /// Brings what is under way to its end, by steps of its own; answers what is left over, in words.
    func settle(_ perform: (Step) async throws -> Void) async throws -> String?
}

extension Simulation {
    func hasMeaning(_ step: Step) -> Bool { true }

    func settle(_ perform: (Step) async throws -> Void) async throws -> String? { nil }

    /// How a run counts a step of this kind.
    func word(of step: Step) -> String { String("\(step)".prefix { $0 != "(" }) }
}

/// What came of a step.
struct StepReport {
    /// The answer, in words.
    let verdict: String
    /// What has happened, for counting: a run in which nothing happens proves nothing.
    let words: [String]
    /// What differs from the model; nil: nothing.
    let wrong: String?

    init(_ verdict: String, words: [String] = [], wrong: String?) {
        self.verdict = verdict
        self.words = words
        self.wrong = wrong
    }
}
