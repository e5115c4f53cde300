/// What an order does with others: it spawns child orders, tells its relatives, and calls workers outside.
extension Macrostep {
    mutating func perform(_ spawn: Action.Spawn) throws(Refusal) {
        let kind = workflow.children[spawn.kind]
        let id = try text(spawn.id, "the id of a child order")
        let bytesMax = InterpreterLimits.childIDBytesMax
        guard (1...bytesMax).contains(id.byteCount), !id.withBytes({ $0.contains(UInt8(ascii: "/")) }) else {
            throw .badData("", path: "\(kind.workflow) \(id)", problem: "a child's id has 1 to \(bytesMax) bytes, no /")
        }
        guard !order.children.contains(where: { $0.id == id }) else { throw .orderExists(order.childID(id)) }
        guard order.children.count(where: { $0.workflow == kind.workflow }) < kind.countMax else {
            throw .limit("children under \(kind.workflow)", max: kind.countMax)
        }
        let child = Order.Child(workflow: kind.workflow, id: id)
        order.children.append(child)
        outcome.spawned.append(child)
        try tell(RelativeCommand(to: .newChild(child), name: "", data: try body(spawn.data)))
        note("spawn \(kind.workflow) \(id)")
    }

    mutating func perform(_ tell: Action.Tell) throws(Refusal) {
        guard let child = tell.child else {
            // A workflow of children may also be placed on its own: then there is nobody to tell.
            guard order.parent != nil else { return note("tell nobody: the order has no parent") }
            try self.tell(RelativeCommand(to: .parent, name: tell.command, data: try body(tell.data)))
            return note("tell parent \(tell.command)")
        }
        let id = try text(child, "the id of a child order")
        guard order.children.contains(where: { $0.id == id }) else { throw .unknownOrder(order.childID(id)) }
        try self.tell(RelativeCommand(to: .child(id), name: tell.command, data: try body(tell.data)))
        note("tell \(id) \(tell.command)")
    }

    private mutating func tell(_ command: RelativeCommand) throws(Refusal) {
        guard outcome.relatives.count < InterpreterLimits.relativesMax else {
            throw .limit("commands to children and parent by one command", max: InterpreterLimits.relativesMax)
        }
        outcome.relatives.append(command)
    }

    // MARK: Calls

    /// Sends the request, visible with the commit, and prepares the half message that says it was done.
    mutating func perform(_ call: Action.Call) throws(Refusal) {
        guard order.calls.count < InterpreterLimits.callsMax else {
            throw .limit("open calls of an order", max: InterpreterLimits.callsMax)
        }
        guard !semantics.keepsLapsedCalls || order.lapsed.count < InterpreterLimits.lapsedCallsMax else {
            throw .limit("ended calls of an order that may still be answered", max: InterpreterLimits.lapsedCallsMax)
        }
        var name: Text?
        if let expression = call.name {
            let given = try text(expression, "the name of a call")
            guard !order.calls.contains(where: { $0.name == given }) else {
                throw .badData("", path: "call \(given)", problem: "a call of this name is open")
            }
            name = given
        }
        guard case .int(let within) = try value(call.within), within > 0 else {
            throw .arithmetic("the deadline of a call lies in the past or has no value")
        }
        let open = OpenCall(
            number: order.callCount + 1, definition: call.definition, name: name,
            deadline: now.advanced(by: Interval(milliseconds: within)), lane: lane, data: try body(call.data))
        order.open(open)
        outcome.called.append(open)
        try add(workflow.message(of: open, by: order.id, tag: "call"))
        try add(workflow.announcement(of: open, by: order.id))
        guard trace != nil else { return }
        let definition = workflow.calls[call.definition]
        let key = order.effectKey(of: open.number)
        note("call \(definition.topic): \(key), to be answered by \(definition.ok) or \(definition.failed)")
    }

    /// Takes an open call back. One that is unanswered stays: it may have been done, and only its answer says so.
    mutating func stopCall(named expression: Expression) throws(Refusal) {
        let name = try text(expression, "the name of a call")
        guard let call = order.calls.first(where: { $0.name == name }) else { return }
        guard call.isUnanswered else { return try withdraw(call) }
        let key = order.effectKey(of: call.number)
        note("call \(key): unanswered, so it stays open")
    }

    /// Lets a call stay open whose deadline has passed.
    mutating func leaveUnanswered(_ call: OpenCall) {
        order.leaveUnanswered(call.number)
        outcome.unanswered.append(call.number)
        let key = order.effectKey(of: call.number)
        note("call \(key): unanswered")
    }

    /// Ends the calls of an order that has ended. Nothing would hear the answer to one that must be answered.
    mutating func endCalls() throws(Refusal) {
        for call in order.calls where workflow.calls[call.definition].unanswered != nil {
            let definition = workflow.calls[call.definition]
            throw .callNotAnswered(
                key: order.effectKey(of: call.number).string, isOverdue: call.isUnanswered, ok: definition.ok,
                failed: definition.failed)
        }
        for call in order.calls { try withdraw(call) }
    }

    /// Ends a call that the order does not want any more, and tells the worker.
    mutating func withdraw(_ call: OpenCall) throws(Refusal) {
        settle(call, .cancelled)
        try add(workflow.message(of: call, by: order.id, tag: "withdrawn"))
    }

    mutating func settle(_ call: OpenCall, _ result: OpenCall.Result) {
        let hears = result != .ok && result != .late && !isFinished && workflow.calls[call.definition].late != nil
        let settled = OpenCall.Settled(number: call.number, result: result, hearsLate: hears)
        order.close(settled, by: semantics)
        outcome.settled.append(settled)
        guard trace != nil else { return }
        let key = order.effectKey(of: call.number)
        note("call \(key): \(result.rawValue)")
    }
}
