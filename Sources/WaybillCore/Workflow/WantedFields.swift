/// Where the data of the command that places an order names what the order wants: known before anything is decided.
///
/// Read off the workflow: a `reserve` on entering a state whose SKU is a plain field of the context, or of the elements
/// of a plain list, that the data fills by name. SKUs that are computed are not seen here.
package struct WantedFields: Sendable {
    private enum Place: Hashable, Sendable {
        case field(Text)
        case member(list: Text, Text)
    }

    private let places: [Place]

    init(_ states: [State], data: RecordType, context: RecordType) {
        var places: [Place] = []
        for action in states.flatMap(\.entry) {
            guard case .stock(let stock) = action.verb, stock.verb == .reserve,
                let place = Self.place(of: stock, data: data, context: context), !places.contains(place)
            else { continue }
            places.append(place)
        }
        self.places = places
    }

    private static func place(of action: Action.StockAction, data: RecordType, context: RecordType) -> Place? {
        switch (action.each, action.sku) {
        case (nil, .context(let slot)):
            let name = context.fields[slot].name
            return data.slot(name) == nil ? nil : .field(name)
        case (.context(let listSlot), .member(.bound(action.depth), let slot)):
            let list = context.fields[listSlot]
            guard case .list(let element, _, _) = list.type, let source = data.slot(list.name),
                case .list(let given, _, _) = data.fields[source].type
            else { return nil }
            let member = element.fields[slot].name
            return given.slot(member) == nil ? nil : .member(list: list.name, member)
        case (_, _):
            return nil
        }
    }

    /// The SKUs that some data names, at most `limit` of them; data that cannot be read names none.
    package func skus(in data: [UInt8], limit: Int) -> [SKU] {
        guard !places.isEmpty, !data.isEmpty else { return [] }
        var skus: [SKU] = []
        do throws(JSONProblem) {
            try JSONReader.read(data) { reader throws(JSONProblem) in
                try reader.members { key, reader throws(JSONProblem) in
                    try read(key, from: &reader, into: &skus, limit: limit)
                }
            }
        } catch {
            // The decision will say what is wrong with it.
            return []
        }
        return skus
    }

    private func read(
        _ key: TextInPlace, from reader: inout JSONReader, into skus: inout [SKU], limit: Int
    ) throws(JSONProblem) {
        for place in places {
            switch place {
            case .field(let name) where key.isEqual(to: name):
                return try readSKU(from: &reader, into: &skus, limit: limit)
            case .member(let list, let member) where key.isEqual(to: list):
                guard try reader.peek() == .array else { return try reader.skipValue() }
                return try reader.array { reader throws(JSONProblem) in
                    guard try reader.peek() == .object else { return try reader.skipValue() }
                    try reader.members { key, reader throws(JSONProblem) in
                        guard key.isEqual(to: member) else { return try reader.skipValue() }
                        try readSKU(from: &reader, into: &skus, limit: limit)
                    }
                }
            case .field, .member: continue
            }
        }
        try reader.skipValue()
    }

    private func readSKU(
        from reader: inout JSONReader, into skus: inout [SKU], limit: Int
    ) throws(JSONProblem) {
        guard skus.count < limit, try reader.peek() == .text else { return try reader.skipValue() }
        skus.append(SKU(try reader.text()))
    }
}
