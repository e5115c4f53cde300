package import WaybillCore

/// One step of a script: what was asked of the shop, so long after the opening.
package enum ScriptStep: Hashable, Sendable {
    case ask(ShopRequest, after: Interval)
    case receive(item: Int, units: Int64, after: Interval)
    /// The process dies, and opens its file again.
    case restart(after: Interval)

    package var after: Interval {
        switch self {
        case .ask(_, let after), .receive(_, _, let after), .restart(let after): after
        }
    }

    /// Who asks, if anybody does.
    var shopper: Int? {
        switch self {
        case .ask(let request, _): request.shopper
        case .receive, .restart: nil
        }
    }
}

extension ScriptStep: CustomStringConvertible {
    package var description: String {
        switch self {
        case .ask(let request, let after): "\(after.text): \(request)"
        case .receive(let item, let units, let after): "\(after.text): \(units) more of item \(item + 1)"
        case .restart(let after): "\(after.text): the process dies, and opens its file again"
        }
    }
}
