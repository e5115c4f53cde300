import WaybillCore

/// Child orders and calls.
extension ActionBuilder {
    mutating func spawn(_ outline: Outline.Spawn, in scope: NameScope) -> Action.Verb? {
        guard let kind = kind(outline.child), let id = value(outline.id, .text, in: scope) else { return nil }
        let data = fields(outline.data, in: scope)
        relate(outline.child, to: symbols.children[kind], command: nil, data)
        return .spawn(Action.Spawn(kind: kind, id: id, data: data))
    }

    mutating func tell(_ outline: Outline.Tell, in scope: NameScope) -> Action.Verb? {
        let data = fields(outline.data, in: scope)
        if outline.receiver.text == "parent" {
            if let id = outline.id {
                log.error(at: id, "an order has one parent", hint: "remove `id:`")
                return nil
            }
            relate(outline.command, to: nil, command: outline.name, data)
            return .tell(Action.Tell(child: nil, command: outline.name, data: data))
        }
        guard let kind = kind(outline.receiver) else { return nil }
        guard let node = outline.id else {
            log.error(at: outline.receiver, "which child is told?", hint: "add `id:`, the child's id within this order")
            return nil
        }
        guard let id = value(node, .text, in: scope) else { return nil }
        relate(outline.command, to: symbols.children[kind], command: outline.name, data)
        return .tell(Action.Tell(child: id, command: outline.name, data: data))
    }

    private func kind(_ node: DocumentNode) -> Int? {
        let name = WorkflowName(node.text ?? "")
        if let kind = symbols.children.firstIndex(of: name) { return kind }
        let nearest = nearestName(to: name.text, among: symbols.children.map(\.text))
        log.error(
            at: node, "\(node.phrase) is no kind of child orders",
            hint: nearest.map { "did you mean '\($0)'?" } ?? "declare it: children: {parcel: {max: 50}}")
        return nil
    }

    private mutating func relate(
        _ node: DocumentNode, to child: WorkflowName?, command: EventName?, _ data: [Action.Send.BodyField]
    ) {
        relations.append(
            Workflow.Relation(
                child: child, command: command, data: RecordType(data.map(\.field)), line: node.place.line,
                column: node.place.column, path: node.path.description))
    }

    // MARK: Calls

    mutating func call(_ outline: Outline.Call, in scope: NameScope) -> Action.Verb? {
        let data = fields(outline.data, in: scope)
        let known = RecordType(data.map(\.field))
        guard let ok = answer(outline.ok, known), let failed = answer(outline.failed, known),
            let within = value(outline.within, .number(.duration), in: scope)
        else { return nil }
        if let constant = within.constant, constant <= 0 {
            log.error(at: outline.within, "a call that expires at once", hint: "give it time: within: 1d")
        }
        var deadlineData = symbols.commands?[failed] ?? RecordType([])
        if let (node, name) = outline.unanswered ?? outline.expired {
            raise(RaiseSite(node: node, name: name, fields: known.fields))
            deadlineData = symbols.data(of: name) ?? known
        }
        checkDeadline(outline, deadlineData, known)
        let lateData = outline.late.map { heardLate($0.node, $0.name, symbols.commands?[ok] ?? RecordType([])) }
        calls.append(
            Workflow.CallDefinition(
                topic: outline.topic, ok: ok, failed: failed, expired: outline.expired?.name,
                unanswered: outline.unanswered?.name, deadlineData: deadlineData, late: outline.late?.name,
                lateData: lateData ?? RecordType([]), place: outline.within.place.inSource))
        callNodes.append(outline.unanswered?.node ?? outline.failed)
        return .call(
            Action.Call(
                definition: calls.count - 1, name: outline.name.flatMap { value($0, .text, in: scope) }, data: data,
                within: within))
    }

    /// What the event says that happens when `ok` comes too late.
    private mutating func heardLate(_ node: DocumentNode, _ name: EventName, _ ok: RecordType) -> RecordType {
        if symbols.commands?[name] != nil {
            log.error(at: node, "\(name) is a command", hint: "what comes too late is an event: give it its own name")
        }
        if ok.slot(Workflow.howItEnded) != nil {
            log.error(
                at: node, "'\(Workflow.howItEnded)' says how the call had ended, and the answer has data of that name",
                hint: "rename the answer's")
        }
        let fields = ok.fields + [RecordType.Field(name: Workflow.howItEnded, type: .text, isOptional: false)]
        raise(RaiseSite(node: node, name: name, fields: fields))
        return symbols.data(of: name) ?? RecordType(fields)
    }

    /// A command that answers a call: its data and the call's agree where they share a name.
    private func answer(_ node: DocumentNode, _ data: RecordType) -> EventName? {
        let name = EventName(node.text ?? "")
        guard let type = symbols.commands?[name] else {
            let nearest = nearestName(to: name.text, among: (symbols.commands ?? [:]).keys.map(\.text).sorted())
            log.error(
                at: node, "\(node.phrase) is no command, so nobody can answer with it",
                hint: nearest.map { "did you mean '\($0)'?" } ?? "declare it under `commands:`")
            return nil
        }
        for field in data.fields {
            guard let slot = type.slot(field.name), !field.type.fits(type.fields[slot].type) else { continue }
            log.error(
                at: node,
                "'\(field.name)' is \(field.type.phrase) in the call, in \(name) "
                    + type.fields[slot].type.phrase, hint: "call and answer share the fields of the same names")
        }
        return name
    }

    /// What happens at the deadline: one thing, and silence is neither of the answers. Nobody is there to say what the
    /// call does not know.
    private func checkDeadline(_ outline: Outline.Call, _ wanted: RecordType, _ known: RecordType) {
        if outline.unanswered == nil, outline.expired == nil {
            log.warning(
                at: outline.failed, "a call that is not answered in time counts as failed, and may have been done",
                hint: "add `unanswered: EVENT`, and it stays open until it is answered; or `expired: EVENT`, if no "
                    + "answer means no")
        }
        if let (node, name) = outline.unanswered {
            if outline.expired != nil {
                log.error(
                    at: node, "a call that is not answered in time expires or stays open, not both",
                    hint: "remove `expired:`; then only an answer ends the call")
            }
            if symbols.commands?[name] != nil {
                log.error(
                    at: node, "\(name) is a command, and silence says nothing",
                    hint: "what happens without an answer is an event: give it its own name")
            }
        }
        let missing = wanted.fields.first { field in
            !field.isOptional && known.slot(field.name) == nil && !(field.name == "reason" && field.type == .text)
        }
        guard let missing else { return }
        log.error(
            at: outline.unanswered?.node ?? outline.expired?.node ?? outline.failed,
            "when the call \(outline.unanswered == nil ? "expires" : "is not answered") nobody says '\(missing.name)'",
            hint: "make it optional, add it to the `data:` of the call, or name an event of your own with `unanswered:`"
        )
    }
}

extension Action.Send.BodyField {
    fileprivate var field: RecordType.Field { RecordType.Field(name: name, type: type, isOptional: isOptional) }
}
