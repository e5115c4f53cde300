/// A call that ended without `ok`, and of which the order wants to hear all the same.
///
/// Whoever was asked may have done the deed, and say so when the order has gone on: a refund that left after its
/// deadline has left. With `late:` in the workflow that answer is an event of the order, once; without, it is refused,
/// and the refusal says how and when the call ended.
package struct LapsedCall: Hashable, Sendable {
    package var call: OpenCall
    /// How it ended.
    package var result: OpenCall.Result

    package init(call: OpenCall, result: OpenCall.Result) {
        self.call = call
        self.result = result
    }
}

extension Order {
    /// Takes up the end of a call, or the answer that came after it.
    mutating func close(_ settled: OpenCall.Settled, by semantics: Semantics) {
        if settled.hearsLate, let call = calls.first(where: { $0.number == settled.number }) {
            if !semantics.keepsLapsedCalls, lapsed.count >= InterpreterLimits.lapsedCallsMax { lapsed.removeFirst() }
            lapsed.append(LapsedCall(call: call, result: settled.result))
        }
        calls.removeAll { $0.number == settled.number }
        if settled.result == .late { lapsed.removeAll { $0.call.number == settled.number } }
    }
}

extension Workflow {
    /// The lapsed call whose `ok` a command is; nil: it is something else.
    func lapsedCall(answeredBy command: Command, on order: Order) -> LapsedCall? {
        guard !order.lapsed.isEmpty, let key = command.key else { return nil }
        return order.lapsed.first { lapsed in
            calls[lapsed.call.definition].ok == command.name && order.effectKey(of: lapsed.call.number) == key
        }
    }

    /// Decides an `ok` that came when its call had ended: the event that the workflow names for it. Without a
    /// transition for it the answer is refused.
    func decideLate(
        _ command: Command, for lapsed: LapsedCall, on order: Order, at now: Moment, asking facts: any StockFacts,
        by semantics: Semantics, isTraced: Bool
    ) throws(Refusal) -> Decision {
        let call = lapsed.call
        let definition = calls[call.definition]
        let answer = self.command(command.name)
        let said = try decodeData(of: command, by: answer, to: call, semantics)
        guard let late = definition.late else { throw notPossible(command.name, on: order) }
        if let expected = command.expectedVersion, expected != order.version {
            throw .versionConflict(expected: expected, actual: order.version)
        }
        let data = definition.lateData.fields.map { field -> Value in
            if field.name == Self.howItEnded { return .text(Text(lapsed.result.rawValue)) }
            return answer?.data.slot(field.name).map { said[$0] } ?? .null
        }
        let lane = command.lane.isEmpty || command.lane == order.lane ? nil : command.lane
        var step = Macrostep(
            workflow: self, order: order, facts: facts, now: now, semantics: semantics, lane: lane, isTraced: isTraced)
        step.settle(call, .late)
        guard try step.run(.event(late, data: data)) else {
            throw notPossible(command.name, heardAs: late, on: order, in: step.scope, data: definition.lateData)
        }
        let key = answerKey(of: command, to: call, on: order)
        step.order.keys.append(key)
        step.outcome.remembered = key
        return try step.finish(data: said)
    }

    /// The field of a late answer's event that says how the call had ended.
    package static let howItEnded: Text = "ended"
}

extension JSONWriter {
    /// `[call,result]`, in stored orders.
    mutating func lapsedCall(_ lapsed: LapsedCall) {
        beginArray()
        call(lapsed.call)
        text(Text(lapsed.result.rawValue))
        endArray()
    }
}

extension JSONReader {
    mutating func lapsedCall(in workflow: Workflow) throws(JSONProblem) -> LapsedCall {
        try beginArray()
        let call = try call(in: workflow)
        try comma()
        let word = try text()
        guard let result = OpenCall.Result(rawValue: word.string) else { throw problem("unknown result \(word)") }
        try endArray()
        return LapsedCall(call: call, result: result)
    }
}
