import ArgumentParser

/// `waybill order`: look at orders, and send them commands.
struct OrderNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order",
        abstract: "List, show and explain orders; send them commands.",
        subcommands: [
            ListOrders.self, ShowOrder.self, OrderHistory.self, WhyOrder.self, SendToOrder.self, ListCalls.self,
        ])
}
