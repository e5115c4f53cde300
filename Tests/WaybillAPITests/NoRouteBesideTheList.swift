import Testing
import WaybillAPI
import WaybillAccess
import WaybillCore

/// Routes follow from the list: no path leads anywhere that no operation has.
@Suite struct `A path of no operation` {
    private static let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"]

    /// Which operations have a path, found by looking at each: nothing of the table of routes is used.
    private func operations(at path: String) -> [WaybillAPI.Operation] {
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        return API.operations.filter { operation in
            let template = operation.path.text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            return template.count == parts.count
                && zip(template, parts).allSatisfy { $0.hasPrefix("{") ? !$1.isEmpty : $0 == $1 }
        }
    }

    /// Paths of the list, and such as nearly are: longer, shorter, with another word in one place.
    private var paths: Set<String> {
        var paths: Set<String> = ["/", "/v1", "/v2/orders", "/v1/order", "/metrics/", "//healthz"]
        for operation in API.operations {
            let parts = operation.path.text.dropFirst().split(separator: "/").map {
                $0.hasPrefix("{") ? "x" : String($0)
            }
            let variants =
                [parts, parts + ["more"], parts + [""], Array(parts.dropLast()), ["v9"] + parts.dropFirst()]
                + parts.indices.map { index in
                    var changed = parts
                    changed[index] += "z"
                    return changed
                }
            for variant in variants { paths.insert("/" + variant.joined(separator: "/")) }
        }
        return paths
    }

    @Test func `is not found, and another method than those of the list is not allowed`() throws {
        let api = try APIShop(workflows: []).api
        var found = 0
        for path in paths {
            let here = operations(at: path)
            for method in Self.methods {
                let code = code(of: method, path, in: api)
                let isInList = here.contains { $0.method.rawValue == method || $0.method == .get && method == "HEAD" }
                let expected = here.isEmpty ? "not_found" : "method_not_allowed"
                #expect((code == "not_found" || code == "method_not_allowed") == !isInList, "\(method) \(path)")
                if !isInList { #expect(code == expected, "\(method) \(path)") } else { found += 1 }
            }
        }
        #expect(found > API.operations.count)
    }

    private func code(of method: String, _ path: String, in api: API) -> String? {
        var headers = CallHeaders()
        headers.add(.idempotencyKey, "k")
        do throws(Problem) {
            _ = try api.admit(.init(method: method, target: path, headers: headers, principal: .owner), requestID: "r")
            return nil
        } catch {
            return error.code.rawValue
        }
    }

    /// Requests without a key: their receipts and attempts are their keys, or they change nothing.
    private static let withoutKeys: Set<String> = [
        "receive", "acknowledge", "fail", "extend", "deadLetter", "leave", "takeChecks", "checkWorkflow", "runWorkflow",
        "dryRunWorkflow",
    ]

    @Test func `takes a key in every POST that changes something`() {
        for operation in API.operations where operation.method == .post {
            let takesKey = operation.key == .taken || operation.key == .required
            #expect(takesKey != Self.withoutKeys.contains(operation.name), "\(operation.name)")
        }
        let required = API.operations.filter { $0.key == .required }.map(\.name).sorted()
        #expect(required == ["placeOrder", "sendMessages"])
    }
}
