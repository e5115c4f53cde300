import WaybillCore

extension OrderBook {
    /// A JSON value, written in Swift as it looks: `["lines": [["sku": "mug", "qty": 2]], "coupon": nil]`.
    ///
    /// Numbers are integers: money is counted in minor units.
    public enum JSON: Hashable, Sendable {
        case null
        case bool(Bool)
        case int(Int64)
        case text(String)
        case array([JSON])
        case object([Member])

        /// One field of an object; fields keep their order.
        public struct Member: Hashable, Sendable {
            public var name: String
            public var value: JSON

            public init(_ name: String, _ value: JSON) {
                self.name = name
                self.value = value
            }
        }

        /// The value as JSON text in UTF-8.
        public var bytes: [UInt8] {
            var writer = JSONWriter()
            write(to: &writer)
            return writer.bytes
        }

        private func write(to writer: inout JSONWriter) {
            switch self {
            case .null: writer.null()
            case .bool(let flag): writer.bool(flag)
            case .int(let number): writer.int(number)
            case .text(let text): writer.text(Text(text))
            case .array(let elements):
                writer.beginArray()
                for element in elements { element.write(to: &writer) }
                writer.endArray()
            case .object(let members):
                writer.beginObject()
                for member in members {
                    writer.key(named: Text(member.name))
                    member.value.write(to: &writer)
                }
                writer.endObject()
            }
        }
    }
}

/// Inside this package nothing else is called so.
package typealias JSON = OrderBook.JSON

extension OrderBook.JSON: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(arrayLiteral elements: Self...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, Self)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}
