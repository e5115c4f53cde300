import Waybill

/// A shop that sells mugs, and a model of it.
final class ShopSimulation: Simulation {
    static let stepCount = 150

    private let subject: ShopSubject
    private var lot: ShopLot
    private var model = ShopModel()

    init(seed: UInt64, bug: ShopBug?) async throws {
        subject = try ShopSubject(seed: seed, bug: bug)
        lot = ShopLot(seed: seed)
    }

    var lives: Lives<OrderBook> { subject.lives }

    func draw() -> ShopStep { lot.next(model) }

    func perform(_ step: ShopStep) async throws -> StepReport {
        let expected = model.perform(step)
        let verdict = try await subject.perform(step)
        guard verdict == expected else {
            return StepReport("\(verdict)", wrong: "the answer is \(verdict), expected \(expected)")
        }
        let picture = try subject.picture()
        return StepReport(
            "\(verdict)", words: [verdict.word], wrong: picture.imbalance ?? picture.difference(from: model.picture))
    }
}

/// What goes wrong behind the model's back: the simulation must notice each.
enum ShopBug: CaseIterable, Sendable {
    case skipsReservations
    case releasesTwice
    case losesTimeouts
    case repeatsKeyedRequests
    case changesAnOrderInTheClosedFile
    case changesTheStockInTheClosedFile

    /// What is said of it when it is noticed.
    var sign: String {
        switch self {
        case .skipsReservations, .releasesTwice: "the stock is"
        case .losesTimeouts: "due: nil"
        case .repeatsKeyedRequests: "isRepeat: true"
        case .changesAnOrderInTheClosedFile: "status: \"paid\""
        case .changesTheStockInTheClosedFile: "does not add up"
        }
    }
}
