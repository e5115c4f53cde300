import WaybillCore

/// How many questions each producer may be sent now: so many at once, and then so many a second.
///
/// Bounds of what is in flight do not bound a producer that answers *unknown* at once, or not at all: its questions
/// would be asked as fast as they fall due, after an outage all together.
struct CheckAllowances {
    private struct Allowance {
        /// In thousandths of a question: a question a second is one of them a millisecond.
        var thousandths: Int64
        var filledAt: Interval
    }

    /// Producers that are remembered before those with a full allowance are forgotten.
    private static let rememberedMax = 1_024
    private static let question: Int64 = 1_000

    private let perSecond: Int64
    private let full: Int64
    private var allowances: [Text: Allowance] = [:]

    init(perSecond: Int, burst: Int) {
        precondition(perSecond > 0 && perSecond <= 1_000_000, "a producer is asked 1 to 1,000,000 questions a second")
        precondition(burst > 0 && burst <= 1_000_000, "a producer is asked 1 to 1,000,000 questions at once")
        self.perSecond = Int64(perSecond)
        full = Int64(burst) * Self.question
    }

    /// Producers whose allowance is not known to be full.
    var count: Int { allowances.count }

    func left(to producer: Text, at now: Interval) -> Int {
        Int((allowances[producer].map { filled($0, at: now) } ?? full) / Self.question)
    }

    /// One question more is on its way. It may be one too many: who was asked in vain gets no credit for it.
    mutating func spend(of producer: Text, at now: Interval) {
        if allowances[producer] == nil, allowances.count >= Self.rememberedMax {
            allowances = allowances.filter { filled($0.value, at: now) < full }
        }
        let left = allowances[producer].map { filled($0, at: now) } ?? full
        allowances[producer] = Allowance(thousandths: max(0, left - Self.question), filledAt: now)
    }

    private func filled(_ allowance: Allowance, at now: Interval) -> Int64 {
        let passed = max(0, now.milliseconds - allowance.filledAt.milliseconds)
        // So long a time fills it whatever was left; longer ones could not be multiplied.
        guard passed <= full / perSecond else { return full }
        return min(full, allowance.thousandths + passed * perSecond)
    }
}
