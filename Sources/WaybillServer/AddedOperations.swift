import WaybillAPI

extension [BookServer.AddedOperation] {
    /// Refuses what could not be found, would hide another operation, or would be open to no caller.
    ///
    /// - Parameter others: the operations that there are besides.
    func check(beside others: [WaybillAPI.Operation]) throws(ServerFailure) {
        var names = Set(others.map(\.name))
        var routes = Set(others.map { Self.route($0.method.rawValue, $0.path.text) })
        for added in self {
            guard !added.name.isEmpty, added.name.utf8.allSatisfy({ $0.isOfName }) else {
                throw ServerFailure(.badSetting, "'\(added.name)' is no name of an operation: letters and digits")
            }
            guard names.insert(added.name).inserted else {
                throw ServerFailure(.badSetting, "there is an operation \(added.name) already")
            }
            let segments = added.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
            guard added.path.hasPrefix("/"), !segments.isEmpty, segments.allSatisfy({ !$0.isEmpty }) else {
                throw ServerFailure(.badSetting, "\(added.name): '\(added.path)' is no path; /v1/shop/... is one")
            }
            let method = added.operation.method.rawValue
            guard routes.insert(Self.route(method, added.path)).inserted else {
                throw ServerFailure(.badSetting, "\(added.name): \(method) \(added.path) leads to another operation")
            }
            guard !added.rights.isEmpty else {
                throw ServerFailure(.badSetting, "\(added.name): no right opens it; say which tokens may ask for it")
            }
        }
    }

    /// A route without the names of its parameters.
    private static func route(_ method: String, _ path: String) -> String {
        let segments = path.split(separator: "/").map { $0.hasPrefix("{") && $0.hasSuffix("}") ? "{}" : $0 }
        return "\(method) /\(segments.joined(separator: "/"))"
    }
}

extension UInt8 {
    fileprivate var isOfName: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
