package import WaybillCore

/// One member of an object with its value; times are ISO 8601 in UTC.
extension JSONWriter {
    package mutating func member(_ name: StaticString, _ value: Text) {
        key(name)
        text(value)
    }

    package mutating func member(_ name: StaticString, _ value: Int64) {
        key(name)
        int(value)
    }

    package mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        bool(value)
    }

    package mutating func member(_ name: StaticString, _ value: Moment) { member(name, Text(value.iso8601)) }

    /// Nothing when there is no value.
    package mutating func member(_ name: StaticString, ifAny value: Text?) {
        if let value { member(name, value) }
    }

    package mutating func members<Element>(
        _ name: StaticString, _ elements: [Element], _ body: (inout JSONWriter, Element) -> Void
    ) {
        key(name)
        beginArray()
        for element in elements { body(&self, element) }
        endArray()
    }
}
