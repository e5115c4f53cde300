import WaybillCore

/// What is wrong with a parameter or a header field, as values too: a program need not read the sentence.
extension Problem {
    /// A parameter of the query that does not fit.
    ///
    /// - Parameters:
    ///   - value: what was sent; nil: nothing was.
    ///   - rule: what would fit.
    static func badParameter(
        _ name: String, _ detail: String, sent value: Text? = nil, rule: RefusalValues = [:]
    ) -> Problem {
        Problem(.badParameter, detail).about("parameter", name, value, rule)
    }

    /// A header field that does not fit.
    static func badHeader(
        _ name: RequestHeader, _ detail: String, sent value: String? = nil, rule: RefusalValues = [:]
    ) -> Problem {
        Problem(.badParameter, detail).about("header", name.documentedName, value.map { Text($0) }, rule)
    }

    /// A cursor that is none of the list. It is not repeated: it may be long, and tells its caller nothing.
    static func badCursor(_ detail: String) -> Problem {
        Problem(.badCursor, detail).with(["parameter": "cursor"])
    }

    private func about(_ kind: String, _ name: String, _ value: Text?, _ rule: RefusalValues) -> Problem {
        var values = RefusalValues().with(kind, .text(name)).with("value", value.map { .text($0.string) })
        for element in rule.elements { values = values.with(element.name, element.value) }
        return with(values)
    }
}
