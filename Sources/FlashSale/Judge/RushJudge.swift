import WaybillCore

/// Watches a rush: compares every answer with the model's, and in the end the file with both.
struct RushJudge {
    /// One thing that is not as it must be.
    private static let differencesMax = 20

    private let isJudging: Bool
    private var model: SaleModel
    private let opensAt: Moment
    private(set) var answersCompared = 0
    private(set) var differences: [String] = []
    private(set) var books: ShopBooks?
    /// Everything that was asked of the shop, to be asked again when a run has failed.
    private(set) var script: [ScriptStep] = []
    private static let scriptMax = 2_000_000

    init(_ scenario: RushScenario, isJudging: Bool) {
        self.isJudging = isJudging
        model = SaleModel(scenario.goods)
        opensAt = scenario.opensAt
    }

    var isSound: Bool { differences.isEmpty && (books?.oversells.isEmpty ?? true) }

    mutating func pass(to now: Int64) {
        if isJudging { model.pass(to: now) }
    }

    mutating func receive(_ restock: RushScenario.Restock) {
        keep(.receive(item: restock.item, units: restock.units, after: restock.after))
        if isJudging { model.receive(restock.item, restock.units) }
    }

    /// - Parameter now: milliseconds after the opening.
    mutating func take(_ answer: ShopAnswer, to request: ShopRequest, at now: Int64) {
        keep(.ask(request, after: Interval(milliseconds: now)))
        guard isJudging else { return }
        let expected = model.handle(request, at: now)
        answersCompared += 1
        if answer != expected {
            complain("at \(Interval(milliseconds: now).text) \(request): \(answer.words), must be \(expected.words)")
        }
    }

    /// The process died at this moment; milliseconds after the opening.
    mutating func restart(at now: Int64) { keep(.restart(after: Interval(milliseconds: now))) }

    mutating func close(against books: ShopBooks) {
        self.books = books
        if isJudging { for difference in model.differences(from: books, openedAt: opensAt) { complain(difference) } }
    }

    private mutating func keep(_ step: ScriptStep) {
        if script.count < Self.scriptMax { script.append(step) }
    }

    private mutating func complain(_ text: String) {
        if differences.count < Self.differencesMax { differences.append(text) }
    }
}

extension ShopAnswer {
    /// For people.
    var words: String {
        switch self {
        case .accepted(let isRepeat): isRepeat ? "accepted before" : "accepted"
        case .refused(let reason): "refused (\(reason.title))"
        case .unanswered: "not answered"
        }
    }
}
