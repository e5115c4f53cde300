import WaybillCore

/// Fairness: who waits on whose account.
extension Engine {
    /// On whose account a command waits when there are many.
    func account(of command: Command) -> Account {
        let open = command.workflow.flatMap { compiled($0) }
        let skus = open?.workflow.wanted?.skus(in: command.data, limit: Self.skusMax) ?? []
        return Account(caller: command.caller, skus: skus, order: command.order)
    }
}
