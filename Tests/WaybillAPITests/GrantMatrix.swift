import Testing
import WaybillAPI
import WaybillAccess
import WaybillCore

/// Every operation with every grant, for the resource that it is about and for another one.
@Suite struct `A grant` {
    private static let grants = [
        "viewer", "operator", "admin", "metrics", "payload", "stock", "orders:buyer", "producer:mine", "consumer:mine",
        "check:mine", "lane:mine",
    ]

    private let api: API

    init() throws { api = try APIShop(workflows: []).api }

    @Test(arguments: grants)
    func `opens what it says and nothing else`(grant: String) async throws {
        for operation in API.operations { try await check(operation, grant) }
    }

    private func check(_ operation: WaybillAPI.Operation, _ grant: String) async throws {
        for resource in ["mine", "other"] {
            let principal = Principal(name: "shop", grants: [try Grant(Text(grant))])
            let reply = await answer(operation, principal, resource: resource)
            let isOpen = Self.opens(operation.grant, grant, isOwn: resource == "mine")
            #expect(
                (reply != "forbidden") == isOpen, "\(operation.name), \(grant), \(resource): \(reply ?? "answered")")
        }
    }

    @Test func `is needed unless the operation is open to all`() async throws {
        for operation in API.operations {
            let reply = await answer(operation, nil, resource: "mine")
            #expect((reply == "unauthenticated") != operation.grant.isOpen, "\(operation.name)")
        }
    }

    /// The code of the problem with which a request by head only is refused.
    private func answer(_ operation: WaybillAPI.Operation, _ principal: Principal?, resource: String) async -> String? {
        let target = operation.path.text.split(separator: "/").map { $0.hasPrefix("{") ? resource : String($0) }
        var headers = CallHeaders()
        headers.add(.idempotencyKey, "k")
        let head = API.Head(
            method: operation.method.rawValue, target: "/" + target.joined(separator: "/"), headers: headers,
            principal: principal)
        do throws(Problem) {
            _ = try api.admit(head, requestID: "r-1")
            return nil
        } catch {
            return error.code.rawValue
        }
    }

    /// What the table of grants in the documentation says, written anew.
    private static func opens(_ need: Need, _ grant: String, isOwn: Bool) -> Bool {
        need.rights.contains { right in
            switch right {
            case .nothing, .token: true
            case .viewer: ["viewer", "operator", "admin"].contains(grant)
            case .operator: ["operator", "admin"].contains(grant)
            case .admin: grant == "admin"
            case .metrics: ["metrics", "admin"].contains(grant)
            case .stock: ["stock", "admin"].contains(grant)
            case .payload: grant == "payload"
            case .orders: ["orders:buyer", "admin"].contains(grant)
            case .producer(let topic): grant == "admin" || grant == "producer:mine" && (isOwn || topic == nil)
            case .consumer: grant == "admin" || grant == "consumer:mine" && isOwn
            case .check: grant == "admin" || grant == "check:mine" && isOwn
            }
        }
    }
}
