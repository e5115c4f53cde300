import WaybillCore
import WaybillEngine

/// Names of a list's filter that the file does not have: an empty list says so, because a misspelled name finds
/// nothing.
extension Schema {
    /// A page of a list that says which names of its filter are unknown.
    static func pageOfKnown(_ element: Schema) -> Schema {
        guard case .object(let fields) = page(element) else { return page(element) }
        let unknown = Schema.object([
            Field("kind", .word(Engine.UnknownName.Kind.allCases.map(\.rawValue)), isRequired: true),
            Field("name", .text(), isRequired: true), Field("meant", .text(), "The name that is nearest to it."),
        ])
        return .object(
            fields + [
                Field(
                    "unknown", .array(unknown, countMax: 32),
                    "In an empty list: names of the filter that the file does not have.")
            ])
    }
}

extension JSONWriter {
    mutating func unknownName(_ unknown: Engine.UnknownName) {
        beginObject()
        member("kind", Text(unknown.kind.rawValue))
        member("name", unknown.name)
        member("meant", ifAny: unknown.meant)
        endObject()
    }
}
