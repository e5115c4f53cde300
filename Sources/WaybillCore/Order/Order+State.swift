/// The stored form of an order: one JSON text beside the columns version, status, workflow, placed at and lane.
///
/// `{"in":[leaf paths],"context":[bare],"keys":[[command,key,fingerprint,version]],
///   "held":[[sku,location,reserved,sold,shipped]],"due":[[name,due]],
///   "parent":id,"children":[[workflow,id]],"calls":[[number,definition,name,deadline,lane,data]],
///   "lapsed":[[call,result]],"called":count}`;
/// empty lists are left out, a timeout of another lane than the order's ends with that lane, and a call that is
/// unanswered with `true`.
/// Equal orders have equal bytes, so that a fold and a stored state can be compared as they lie.
extension Order {
    package func writeState(to writer: inout JSONWriter, under workflow: Workflow) {
        writer.beginObject()
        writer.list("in", workflow.leaves(of: configuration)) { $0.text(workflow.states[$1].path) }
        writer.list("context", context) { $0.bare($1) }
        writer.list("keys", keys) { writer, key in
            writer.beginArray()
            writer.text(key.command.text)
            writer.text(key.key)
            writer.int(key.fingerprint)
            writer.int(key.version)
            writer.endArray()
        }
        writer.list("held", holdings) { writer, holding in
            writer.beginArray()
            writer.text(holding.key.sku.text)
            writer.text(holding.key.location.text)
            writer.int(holding.reserved)
            writer.int(holding.sold)
            writer.int(holding.shipped)
            writer.endArray()
        }
        writer.list("due", timeouts) { $0.pendingTimeout($1) }
        if let parent {
            writer.key("parent")
            writer.text(parent.text)
        }
        writer.list("children", children) { writer, child in
            writer.beginArray()
            writer.text(child.workflow.text)
            writer.text(child.id)
            writer.endArray()
        }
        writer.list("calls", calls) { $0.call($1) }
        writer.list("lapsed", lapsed) { $0.lapsedCall($1) }
        if callCount > 0 {
            writer.key("called")
            writer.int(callCount)
        }
        writer.endObject()
    }

    /// Reads what `writeState` wrote into an order whose columns are set already.
    package mutating func readState(_ json: [UInt8], under workflow: Workflow) throws(JSONProblem) {
        var order = self
        try JSONReader.read(json) { reader throws(JSONProblem) in
            try reader.members { key, reader throws(JSONProblem) in
                try order.read(key, from: &reader, under: workflow)
            }
        }
        self = order
    }

    private mutating func read(
        _ key: TextInPlace, from reader: inout JSONReader, under workflow: Workflow
    ) throws(JSONProblem) {
        switch key {
        case "in":
            try reader.array { reader throws(JSONProblem) in
                let path = try reader.textInPlace()
                guard var state = workflow.state(path: path) else {
                    throw reader.problem("the workflow has no state \(path)")
                }
                configuration.insert(state)
                while let parent = workflow.states[state].parent {
                    configuration.insert(parent)
                    state = parent
                }
            }
        case "context": context = try reader.bareRecord(workflow.context)
        case "keys":
            try reader.array { reader throws(JSONProblem) in keys.append(try reader.storedKey()) }
        case "held":
            try reader.array { reader throws(JSONProblem) in holdings.append(try reader.holding()) }
        case "due":
            try reader.array { reader throws(JSONProblem) in timeouts.append(try reader.pendingTimeout()) }
        case "parent": parent = OrderID(try reader.text())
        case "children":
            try reader.array { reader throws(JSONProblem) in children.append(try reader.child()) }
        case "calls":
            try reader.array { reader throws(JSONProblem) in calls.append(try reader.call(in: workflow)) }
        case "lapsed":
            try reader.array { reader throws(JSONProblem) in lapsed.append(try reader.lapsedCall(in: workflow)) }
        case "called": callCount = try reader.int()
        default: throw reader.problem("unknown key \(key)")
        }
    }
}

extension JSONReader {
    fileprivate mutating func storedKey() throws(JSONProblem) -> Order.NaturalKey {
        try beginArray()
        let command = EventName(try text())
        try comma()
        let key = try text()
        try comma()
        let fingerprint = try int()
        try comma()
        let version = try int()
        try endArray()
        return Order.NaturalKey(command: command, key: key, fingerprint: fingerprint, version: version)
    }

    package mutating func holding() throws(JSONProblem) -> Holding {
        try beginArray()
        let sku = SKU(try text())
        try comma()
        let location = Location(try text())
        try comma()
        let reserved = try int()
        try comma()
        let sold = try int()
        try comma()
        let shipped = try int()
        try endArray()
        return Holding(
            key: StockKey(sku: sku, location: location), reserved: reserved, sold: sold, shipped: shipped)
    }
}
