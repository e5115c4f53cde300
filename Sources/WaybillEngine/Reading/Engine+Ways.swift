package import WaybillCore
import WaybillStore
import WaybillTimeouts

extension Engine {
    /// The ways that commands may take in an order, now or as it was; nil when there is, or was, none.
    package func ways(of id: OrderID, asOf moment: AsOf = .now) throws -> [OrderWay]? {
        guard let row = try store.read({ snapshot in try snapshot.order(id: id) }) else { return nil }
        let workflow = try workflow(row.workflow)
        let order = moment == .now ? try Order(row, under: workflow) : try fold(row, under: workflow, upTo: moment)
        let now = try time(of: moment) ?? world.now()
        return order.map { workflow.ways(of: $0, at: now) }
    }
}
