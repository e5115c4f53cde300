/// The form of a value in JSON: what a body is read by, and what documentation says.
package indirect enum Schema: Sendable {
    case text(bytesMax: Int = 1_024)
    case integer(ClosedRange<Int64> = Schema.safeIntegers)
    case boolean
    /// RFC 3339, or milliseconds since 1970.
    case time
    /// `30m`, or milliseconds.
    case duration
    /// One of these words.
    case word([String])
    case array(Schema, countMax: Int)
    case object([Field])
    /// Any names, with values of one form.
    case map(Schema)
    /// Any JSON object, handed on as it is.
    case anyObject
    /// Any JSON value.
    case any
    /// A form that documentation names once.
    case named(String)
    case nullable(Schema)
    /// A value of one of these forms.
    case anyOf([Schema])

    /// Integers that every JSON library reads exactly.
    package static let safeIntegers: ClosedRange<Int64> = -9_007_199_254_740_991...9_007_199_254_740_991
}

/// One field of an object.
package struct Field: Sendable {
    package let name: String
    package let schema: Schema
    package let summary: String
    package let isRequired: Bool

    package init(_ name: String, _ schema: Schema, _ summary: String = "", isRequired: Bool = false) {
        self.name = name
        self.schema = schema
        self.summary = summary
        self.isRequired = isRequired
    }
}

extension Schema {
    /// A page of a list.
    package static func page(_ element: Schema) -> Schema {
        .object(
            itemFields(element) + [
                Field("as_of", .text(), "The event up to which the list is complete at least.", isRequired: true)
            ])
    }

    /// Answers to what was asked at once.
    package static func items(_ element: Schema) -> Schema { .object(itemFields(element)) }

    static func itemFields(_ element: Schema) -> [Field] {
        [
            Field("items", .array(element, countMax: 1_000), isRequired: true),
            Field(
                "next", .nullable(.text()), "The cursor of the next page; null: this was the last.", isRequired: true),
        ]
    }
}
