public import WaybillCore

/// The texts of a filter as a program has them.
extension OrderFilter {
    /// Only orders with this status; nil: any.
    public var status: String? {
        get { statusText?.string }
        set { statusText = newValue.map { Text($0) } }
    }
}

extension OrderFilter.Attribute {
    /// The attribute's name, as the workflow declares it.
    public var name: String {
        get { texts.name.string }
        set { texts.name = Text(newValue) }
    }

    /// The value that it must have.
    public var value: String {
        get { texts.value.string }
        set { texts.value = Text(newValue) }
    }
}
