import WaybillCore

extension QueryValues {
    /// Refuses a value that is longer than its parameter says: nothing can be found by it.
    static func checkLengths(of items: [(name: String, value: Text)], for operation: Operation) throws(Problem) {
        for (name, value) in items {
            guard let parameter = operation.query.first(where: { $0.takes(name) }),
                case .text(let bytesMax) = parameter.schema, value.byteCount > bytesMax
            else { continue }
            let problem = Problem(
                .badParameter, "the parameter \(name) has \(value.byteCount) bytes; \(bytesMax) is the limit")
            throw problem.with(["parameter": .text(name), "max": .number(Int64(bytesMax))])
        }
    }
}
