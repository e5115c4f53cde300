package import WaybillCore

/// One step of a script: what was asked of the shop, so long after the opening.
package enum ScriptStep: Hashable, Sendable {
    case ask(ShopRequest, after: Interval)
    case receive(item: Int, units: Int64, after: Interval)

    package var after: Interval {
        switch self {
        case .ask(_, let after), .receive(_, _, let after): after
        }
    }
}

extension ScriptStep: CustomStringConvertible {
    package var description: String {
        switch self {
        case .ask(let request, let after): "\(after.text): \(request)"
        case .receive(let item, let units, let after): "\(after.text): \(units) more of item \(item + 1)"
        }
    }
}
